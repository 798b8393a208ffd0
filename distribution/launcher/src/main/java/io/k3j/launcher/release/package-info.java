/// Releases beside each other on the disk, and which of them is started: `docs/upgrades.md`. The shell of `bin/k3s`
/// reads the same links.
@NullMarked
package io.k3j.launcher.release;

import org.jspecify.annotations.NullMarked;
