/// Signed jars for tests: keys and certificates of every kind, what `jarsigner` does with them, and a time stamping
/// authority.
@NullMarked
package io.k3j.testkitsigning;

import org.jspecify.annotations.NullMarked;
