/// What the values in objects mean to everybody who reads them, as in upstream's `apimachinery`: quantities, names,
/// times and schedules as texts, the patches that need no schema, and the hash in checksums and names of them.
///
/// Pure functions on texts and on the trees of `model`, which never change; safe for any number of threads; nothing
/// blocks. What cannot be read is an `IllegalArgumentException` with a sentence for the user, a patch that does not fit
/// a [io.k3j.apimachinery.PatchFailure]; names that are wrong are described, not thrown. Inputs are hostile: work and
/// memory are bounded by the input's length, or by a limit with a name.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.apimachinery;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
