/// What the cells of `kubectl get` say of built-in objects, as in upstream's `pkg/printers`: [Cells] is the entrance,
/// one class beside it per group of the API.
///
/// Pure and immutable; safe for any number of threads; nothing blocks and nothing is kept between calls. Times are
/// given by the caller, so a row depends on its arguments only. A field that is missing or damaged shows as `<none>`,
/// `<unknown>`, `<unset>` or nothing, as upstream shows it; no exception leaves this package for what an object holds.
@NullMarked
package io.k3j.printers;

import org.jspecify.annotations.NullMarked;
