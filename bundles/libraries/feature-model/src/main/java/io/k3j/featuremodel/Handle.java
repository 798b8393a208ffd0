package io.k3j.featuremodel;

import io.k3j.componentapi.Components;

/// A bundle, named so that nothing about it is left to be looked up later: a change that was interrupted is finished
/// or undone by its handles alone.
///
/// @param symbolicName e.g. `io.k3j.kubeproxy`
/// @param location where the framework has it from: `connect:` and its name when it is shipped, `chosen:` or
///        `plugin:` and a file's name when it is a jar of its own
/// @param digest the jar's SHA-256 in hexadecimal; empty when it is shipped
public record Handle(String symbolicName, String location, String digest) {
    /// Before the name of a shipped bundle.
    public static final String CONNECT = "connect:";
    /// Before the name of a file in `<data-dir>/bundles/chosen`.
    public static final String CHOSEN = "chosen:";
    /// Before the name of a file in `<data-dir>/bundles/plugins`.
    public static final String PLUGIN = Components.PLUGIN_LOCATION;

    /// The shipped bundle of this name.
    public static Handle shipped(String symbolicName) {
        return new Handle(symbolicName, CONNECT + symbolicName, "");
    }

    /// Whether it is in the distribution.
    public boolean isShipped() {
        return location.startsWith(CONNECT);
    }

    /// The file's name, or [ChosenBundles#SHIPPED].
    public String choice() {
        return isShipped() ? ChosenBundles.SHIPPED : location.substring(location.indexOf(':') + 1);
    }

    @Override
    public String toString() {
        return isShipped() ? symbolicName + " (shipped)" : choice();
    }
}
