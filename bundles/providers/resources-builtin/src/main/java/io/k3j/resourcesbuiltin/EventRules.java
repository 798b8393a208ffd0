package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.Write;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.time.Duration;

/// Rules of Events.
final class EventRules implements KindRules {
    /// The default of `--event-ttl`.
    private static final Duration LIFE = Duration.ofHours(1);

    @Override
    public Duration timeToLive() {
        return LIFE;
    }

    @Override
    public Struct converted(Struct event, Gvk to) {
        return EventForms.converted(event, to);
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        String about = o.struct("involvedObject").text("namespace");
        if (o.has("involvedObject") && !about.isEmpty() && !about.equals(o.struct("metadata").text("namespace"))) {
            p.at("involvedObject").at("namespace").invalid(about, "does not match event.namespace");
        }
    }
}
