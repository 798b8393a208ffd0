/// What tests of every module need: to wait, to end in order, and to fuzz. It knows nothing of K3s, so that bundles'
/// own tests may use it alone.
@NullMarked
package io.k3j.testkitbase;

import org.jspecify.annotations.NullMarked;
