# The pytest files as CTest tests. CTest reads this itself when it starts (with SEGFOLD_PYTHON, SEGFOLD_SOURCE and
# SEGFOLD_BUILD set), so a new file is a test at once and none can be forgotten.
#
# The limit is there for what hangs, not for what is slow: the longest takes a minute on two quiet cores. Its last line
# then names what was at work, and what is at work after five minutes has its place in the code printed.
function(segfold_python_test name room tests)
  add_test(${name} ${SEGFOLD_PYTHON} -m pytest -v -p no:cacheprovider -o faulthandler_timeout=300 ${tests})
  set_tests_properties(${name} PROPERTIES LABELS ${room} TIMEOUT 1800 WORKING_DIRECTORY ${SEGFOLD_SOURCE}
    ENVIRONMENT "SEGFOLD_BUILD=${SEGFOLD_BUILD};PYTHONDONTWRITEBYTECODE=1")
endfunction()

foreach(room workflow parity cli)
  file(GLOB files ${SEGFOLD_SOURCE}/tests/${room}/test_*.py)
  foreach(file ${files})
    string(REGEX REPLACE ".*/test_(.*)\\.py" "\\1" name ${file})
    segfold_python_test(${room}.${name} ${room} tests/${room}/test_${name}.py)
  endforeach()
endforeach()
foreach(room accuracy style)
  segfold_python_test(${room} ${room} tests/${room})
endforeach()
add_test(fault ${SEGFOLD_PYTHON} tests/fault/run)
set_tests_properties(fault PROPERTIES LABELS fault TIMEOUT 1800 WORKING_DIRECTORY ${SEGFOLD_SOURCE}
  ENVIRONMENT "SEGFOLD_BUILD=${SEGFOLD_BUILD};PYTHONDONTWRITEBYTECODE=1")
