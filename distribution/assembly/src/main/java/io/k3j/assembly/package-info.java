/// Makes the distribution from the built jars: one merged jar, its index, the features.
///
/// Runs in the build only. What Connect gives up between base bundles is checked here: a package in two
/// jars, or one class twice, fails the build.
@NullMarked
package io.k3j.assembly;

import org.jspecify.annotations.NullMarked;
