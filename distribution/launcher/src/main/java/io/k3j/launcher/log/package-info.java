/// The process' log: every `System.Logger` and `java.util.logging` logger ends here.
///
/// A line is klog's text, as K3s' users know it, or one JSON object. A logger is named after its bundle,
/// and levels are per bundle. Static state is unavoidable: the JDK makes the finder by itself, before any
/// code of ours runs.
@NullMarked
package io.k3j.launcher.log;

import org.jspecify.annotations.NullMarked;
