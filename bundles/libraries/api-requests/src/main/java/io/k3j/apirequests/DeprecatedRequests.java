package io.k3j.apirequests;

import io.k3j.metricstext.MetricText;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which deprecated resources were asked for since the server's start, under upstream's name
/// (`apiserver_requested_deprecated_apis`). Any thread; nothing blocks.
final class DeprecatedRequests {
    private final Set<Resource> asked = ConcurrentHashMap.newKeySet();

    private record Resource(String group, String version, String resource, String subresource,
            String removedRelease) {
    }

    /// One was asked for.
    /// @param removedRelease with which it goes; empty where that is not known
    void asked(RequestInfo info, String removedRelease) {
        Resource resource = new Resource(info.gvr().group(), info.gvr().version(), info.gvr().resource(),
                info.subresource(), removedRelease);
        if (asked.size() < RequestMetrics.MAX_SERIES) {
            asked.add(resource);
        }
    }

    /// Writes all of them, in a stable order. Of what has no end yet the release of its end is empty, as upstream.
    void to(MetricText text) {
        text.family("apiserver_requested_deprecated_apis", MetricText.Type.GAUGE,
                "Deprecated APIs that have been requested, by group, version, resource and subresource.");
        asked.stream().sorted(Comparator.comparing(Resource::toString))
                .forEach(r -> text.value(1, "group", r.group, "removed_release", r.removedRelease, "resource",
                        r.resource, "subresource", r.subresource, "version", r.version));
    }
}
