/// The assembled distribution on a machine of its own, used by the kubectl binaries that are found: transcripts,
/// bad input, faults.
@NullMarked
package io.k3j.e2e;

import org.jspecify.annotations.NullMarked;
