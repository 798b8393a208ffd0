/// The command line: flags, environment and configuration files become one plan for the launcher.
@NullMarked
package io.k3j.cli;

import org.jspecify.annotations.NullMarked;
