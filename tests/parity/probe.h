#pragma once

#include "tests/support/tensor_exchange.h"

namespace segfold::testing {

// The probe's commands: each says what it takes from its input besides threads, and what it gives.

/// A network's logits and the gradients of sum(logits · cotangent).
/// Values: those of model_from, training, dtype ("float32": forward(); "float64": the same network in double,
/// forward_head() and the upsampling, as forward() always gives float32).
/// Tensors: weight:*, images, cotangent, keys (int64, one per sample; empty in evaluation).
/// Gives: logits, grad:images, grad:* by parameter and state:* by buffer (running statistics after the pass).
Exchange probe_forward(const Exchange& input);

/// Training steps. Values: those of model_from and of the optimizer below, precision, lr, steps, frozen_steps (of them
/// with a frozen encoder). Tensors: weight:*, batch:*. Gives the value losses, each before its update, and the weights
/// and buffers after the last step.
Exchange probe_train_steps(const Exchange& input);

/// An optimiser on given gradients. Values: names, rates (a learning rate per step), precision (bf16: the parameters
/// are held in bfloat16, their masters in float32); optimizer, weight_decay, encoder_lr_factor, clip_norm, ema where
/// they differ from the defaults. Tensors: weight:NAME, grad:STEP:NAME (none where a step has no gradient). Gives
/// master.*, its moments, parameter.*, ema.*.
Exchange probe_optimizer(const Exchange& input);

/// Learning rates after each of the float64 losses. Values: lr, factor, patience, threshold. Gives the tensor rates.
Exchange probe_schedule(const Exchange& input);

/// Values: loss, class_weights, ce_weight, dice_weight, label_smoothing where they differ from the defaults.
/// Tensors: logits, labels. Gives mean, count, grad (of the mean, to the logits).
Exchange probe_loss(const Exchange& input);

/// Values: kind, lr, power, floor, warmup_steps, warmup_factor, updates. Gives the tensor rates, one per update.
Exchange probe_learning_rate(const Exchange& input);

/// A network's first weights. Values: those of options_from, seed, fold. Gives every parameter and buffer.
Exchange probe_initialise(const Exchange& input);

/// Values: samples, seed, fold, epoch. Gives the value order.
Exchange probe_epoch_order(const Exchange& input);

/// The fused evaluation. Tensors: logits [C, h, w], labels uint8 [H, W]. Values: input_size [h, w], threads.
/// Gives prediction uint8 [H, W] and confusion int64 [C, C].
Exchange probe_evaluate(const Exchange& input);

/// Tensors: truth, prediction (uint8). Values: classes. Gives confusion, iou, miou, accuracy.
Exchange probe_scores(const Exchange& input);

/// The label table. Gives the values labels, classes, train_id_from_raw_id, raw_id_from_train_id.
Exchange probe_labels(const Exchange& input);

/// Numbers of the project's random streams. Values: parts (three numbers or names), count, bound, channels, dropout.
/// Gives values key (as text), words, below, uniform, normal and order, drawn one after the other, and the tensor mask
/// (dropout layer 3, samples with the keys key, key + 1 and 7).
Exchange probe_draws(const Exchange& input);

}  // namespace segfold::testing
