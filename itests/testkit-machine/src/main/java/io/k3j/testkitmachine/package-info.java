/// Machines on this kernel for tests that need a whole one: a [Machine][io.k3j.testkitmachine.Machine] has processes,
/// mounts, control groups and a network of its own and is joined to the test by a cable; a
/// [Server][io.k3j.testkitmachine.Server] is the assembled `k3s server` running on one.
@NullMarked
package io.k3j.testkitmachine;

import org.jspecify.annotations.NullMarked;
