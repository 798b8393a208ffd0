package io.k3j.componentapi;

import java.time.Instant;

/// What a component last said about itself.
///
/// @param component the component's name, a word of [ComponentNames] or a bundle's short name
/// @param bundleId the bundle that said it; two may speak for one component during a swap
/// @param level how it is
/// @param message one sentence without secrets, may be empty
/// @param since when the level was entered
public record HealthReport(String component, long bundleId, HealthLevel level, String message, Instant since) {
    /// Before the name of a file in the plugin directory, where a report of no bundle (-1) says why it does not run.
    public static final String PLUGIN = "plugin ";
}
