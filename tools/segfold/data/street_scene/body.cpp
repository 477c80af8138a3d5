#include "segfold/data/street_scene/body.h"

namespace segfold::street {
namespace {

constexpr Rgb kTyre{0.07F, 0.07F, 0.08F};

Shader centred(double width, Figure figure) {
  return [half = width / 2, drawing = std::move(figure)](double u, double v, double, Fragment& fragment) {
    return drawing.sample(u - half, v, fragment);
  };
}

}  // namespace

void Body::face(Vec3 origin, Vec3 u, Vec3 v, double u_size, double v_size, Shader shader) {
  model_.add_face(camera_, pose_, origin, u, v, u_size, v_size, label_, instance_, std::move(shader));
}

void Body::front(double ahead, double width, double height, const Figure& figure) {
  face({width / 2, 0, ahead}, {-1, 0, 0}, {0, 1, 0}, width, height, centred(width, figure));
}

void Body::rear(double ahead, double width, double height, const Figure& figure) {
  face({-width / 2, 0, ahead}, {1, 0, 0}, {0, 1, 0}, width, height, centred(width, figure));
}

void Body::flanks(double half_width, double ahead, double length, double height, const Figure& figure) {
  face({-half_width, 0, ahead}, {0, 0, -1}, {0, 1, 0}, length, height,
       [figure](double u, double v, double, Fragment& fragment) { return figure.sample(u, v, fragment); });
  face({half_width, 0, ahead - length}, {0, 0, 1}, {0, 1, 0}, length, height,
       [figure, length](double u, double v, double, Fragment& fragment) {
         return figure.sample(length - u, v, fragment);
       });
}

void Body::top(double y, double behind, double ahead, double width, Rgb colour) {
  face({-width / 2, y, behind}, {1, 0, 0}, {0, 0, 1}, width, ahead - behind,
       [colour](double, double, double, Fragment& fragment) {
         fragment.colour = colour;
         return true;
       });
}

void Body::slope_front(double y0, double ahead0, double y1, double ahead1, double width, const Figure& figure) {
  const Vec3 slope{0, y1 - y0, ahead1 - ahead0};
  face({width / 2, y0, ahead0}, {-1, 0, 0}, unit(slope), width, length(slope), centred(width, figure));
}

void Body::slope_rear(double y0, double ahead0, double y1, double ahead1, double width, const Figure& figure) {
  const Vec3 slope{0, y1 - y0, ahead1 - ahead0};
  face({-width / 2, y0, ahead0}, {1, 0, 0}, unit(slope), width, length(slope), centred(width, figure));
}

void add_side_wheel(Figure& figure, double from_front, double radius) {
  figure.ellipse(from_front, radius, radius, radius, kTyre);
  figure.ellipse(from_front, radius, 0.58 * radius, 0.58 * radius, {0.5F, 0.5F, 0.52F});
  figure.ellipse(from_front, radius, 0.2 * radius, 0.2 * radius, {0.2F, 0.2F, 0.2F});
}

void add_end_wheels(Figure& figure, double width, double height) {
  const double half = width / 2;
  figure.box(-half + 0.03, 0, -half + 0.27, height, kTyre).box(half - 0.27, 0, half - 0.03, height, kTyre);
}

}  // namespace segfold::street
