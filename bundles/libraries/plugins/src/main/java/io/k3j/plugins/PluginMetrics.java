package io.k3j.plugins;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import java.util.Collection;
import java.util.TreeMap;

/// What is counted of plug-ins; nothing where there never was one. Any thread.
///
/// @param work knows which run
/// @param guard knows what they do
record PluginMetrics(PluginWork work, PluginGuard guard) implements Metrics {
    /// The label of a file.
    private static final String PLUGIN = "plugin";

    @Override
    public String text() {
        Collection<Plugin> running = work.plugged();
        int failed = work.failed().count();
        if (running.isEmpty() && failed == 0 && guard.failures().isEmpty() && guard.leftBehind().isEmpty()) {
            return "";
        }
        MetricText text = new MetricText();
        text.family("k3j_plugins", MetricText.Type.GAUGE,
                "Plug-ins of the plugin directory, by whether they run or have failed.")
                .value(running.size(), "state", "running").value(failed, "state", "failed");
        text.family("k3j_plugin_failures_total", MetricText.Type.COUNTER,
                "Plug-ins that did not start or were stopped because of what they did.");
        new TreeMap<>(guard.failures()).forEach((cause, count) -> text.value(count.sum(), "cause", cause));
        text.family("k3j_plugin_processor_seconds_total", MetricText.Type.COUNTER,
                "Processor time of a plug-in since it was started, by samples.");
        running.forEach(one -> text.value(one.parts().stream().mapToDouble(
                part -> guard.use().processor(part.bundle().location()).toMillis() / 1e3).sum(), PLUGIN, one.file()));
        text.family("k3j_plugin_threads", MetricText.Type.GAUGE, "Platform threads that a plug-in has started.");
        running.forEach(one -> text.value(one.parts().stream().mapToInt(
                part -> guard.use().threads(part.bundle().location()).size()).sum(), PLUGIN, one.file()));
        text.family("k3j_plugin_left_threads", MetricText.Type.GAUGE,
                "Platform threads that go on after the stop of the plug-in that started them.");
        guard.leftBehind().forEach((file, names) -> text.value(names.size(), PLUGIN, file));
        return text.toString();
    }
}
