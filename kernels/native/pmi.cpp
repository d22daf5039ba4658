// The Node-API addon of the n-gram kernels: `run(kernel, arrays, numbers)` runs one on a thread of Node's pool and gives a
// promise of its result. The arrays are used where they lie; JavaScript leaves them alone until the promise is settled.
#include <node_api.h>

#include <memory>
#include <vector>

#include "pmi/entry.h"

namespace {

struct Job {
  int kernel = 0;
  std::vector<void*> arrays;
  std::vector<long long> bytes;
  std::vector<double> numbers;
  double result = 0;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;
  /** Keeps the list of arrays, and so the arrays, while the kernel runs. */
  napi_ref held = nullptr;
};

void execute(napi_env, void* data) {
  Job& job = *static_cast<Job*>(data);
  const jambalaya::pmi::Arguments arguments{job.arrays.data(), job.bytes.data(), static_cast<int>(job.arrays.size()),
                                            job.numbers.data(), static_cast<int>(job.numbers.size())};
  job.result = jambalaya::pmi::run(job.kernel, arguments);
}

void complete(napi_env env, napi_status, void* data) {
  const std::unique_ptr<Job> job(static_cast<Job*>(data));
  napi_value result;
  napi_create_double(env, job->result, &result);
  napi_resolve_deferred(env, job->deferred, result);
  napi_delete_reference(env, job->held);
  napi_delete_async_work(env, job->work);
}

bool readArray(napi_env env, napi_value value, Job& job) {
  bool isArray = false;
  napi_typedarray_type type;
  size_t length, offset;
  void* data;
  napi_value buffer;
  if (napi_is_typedarray(env, value, &isArray) != napi_ok || !isArray) return false;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, &buffer, &offset) != napi_ok) return false;
  static const size_t widths[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
  if (static_cast<size_t>(type) >= sizeof(widths) / sizeof(widths[0])) return false;
  job.arrays.push_back(data);
  job.bytes.push_back(static_cast<long long>(length * widths[type]));
  return true;
}

napi_value run(napi_env env, napi_callback_info info) {
  napi_value values[3];
  size_t count = 3;
  napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  auto job = std::make_unique<Job>();
  uint32_t arrays = 0, numbers = 0;
  bool isGood = count == 3 && napi_get_value_int32(env, values[0], &job->kernel) == napi_ok &&
                napi_get_array_length(env, values[1], &arrays) == napi_ok &&
                napi_get_array_length(env, values[2], &numbers) == napi_ok;
  for (uint32_t i = 0; isGood && i < arrays; ++i) {
    napi_value item;
    isGood = napi_get_element(env, values[1], i, &item) == napi_ok && readArray(env, item, *job);
  }
  for (uint32_t i = 0; isGood && i < numbers; ++i) {
    napi_value item;
    double number = 0;
    isGood = napi_get_element(env, values[2], i, &item) == napi_ok && napi_get_value_double(env, item, &number) == napi_ok;
    job->numbers.push_back(number);
  }
  napi_value promise, name;
  isGood = isGood && napi_create_reference(env, values[1], 1, &job->held) == napi_ok &&
           napi_create_promise(env, &job->deferred, &promise) == napi_ok &&
           napi_create_string_utf8(env, "jambalaya.pmi", NAPI_AUTO_LENGTH, &name) == napi_ok &&
           napi_create_async_work(env, nullptr, name, execute, complete, job.get(), &job->work) == napi_ok &&
           napi_queue_async_work(env, job->work) == napi_ok;
  if (!isGood) {
    napi_throw_type_error(env, "JAMBALAYA_PMI", "expected a kernel, typed arrays, and numbers");
    return nullptr;
  }
  job.release();
  return promise;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor property = {"run", nullptr, run, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
  napi_define_properties(env, exports, 1, &property);
  return exports;
}
