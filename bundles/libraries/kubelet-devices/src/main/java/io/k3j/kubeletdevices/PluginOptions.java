package io.k3j.kubeletdevices;

/// What a plug-in wants to be asked.
///
/// @param preStart before each start of a container (`PreStartContainer`)
/// @param preferred which of several devices it would give (`GetPreferredAllocation`)
record PluginOptions(boolean preStart, boolean preferred) {
}
