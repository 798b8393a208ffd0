package io.k3j.apiserver;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The admission plug-ins in upstream's order. While a wanted one is away nothing is written.
final class Admissions {
    private final Ranked<Admission> plugins;
    private final Set<String> wanted;
    private final Runnable patience;
    private volatile long known = -1;

    /// @param patience waits a moment for plug-ins that are being replaced
    Admissions(Ranked<Admission> plugins, Set<String> wanted, Runnable patience) {
        this.plugins = plugins;
        this.wanted = wanted;
        this.patience = patience;
    }

    /// The object as the mutating plug-ins leave it.
    /// @throws ApiFault a refusal, or 503 while a wanted plug-in is away
    Struct admit(Write write, Struct object) {
        List<Ranked.Entry<Admission>> all = present();
        Struct now = object;
        try {
            for (Ranked.Entry<Admission> e : all) {
                if (e.service().handles(write)) {
                    now = e.service().admit(write, now);
                }
            }
            return now;
        } catch (RuntimeException e) {
            abandoned(write, now);
            throw e;
        }
    }

    /// The validating plug-ins' last word.
    /// @throws ApiFault a refusal, or 503 while a wanted plug-in is away
    void validate(Write write, Struct object) {
        for (Ranked.Entry<Admission> e : present()) {
            if (e.service().handles(write)) {
                e.service().validate(write, object);
            }
        }
    }

    /// What plug-ins warn of, of an object they all let pass.
    List<String> warnings(Write write, Struct object) {
        return plugins.all().stream().map(Ranked.Entry::service).filter(p -> p.handles(write))
                .flatMap(p -> p.warnings(write, object).stream()).toList();
    }

    /// The write did not happen after all.
    void abandoned(Write write, Struct object) {
        for (Ranked.Entry<Admission> e : plugins.all()) {
            if (e.service().handles(write)) {
                e.service().abandoned(write, object);
            }
        }
    }

    /// Whether every wanted plug-in is there.
    boolean complete() {
        return plugins.complete() && (known == plugins.changes() || missing(plugins.all()).isEmpty());
    }

    private Set<String> missing(List<Ranked.Entry<Admission>> all) {
        Set<String> missing = new TreeSet<>(wanted);
        all.forEach(e -> missing.remove(e.service().name()));
        return missing;
    }

    /// All of them; none is away. A request that has begun waits for those that are replaced meanwhile.
    private List<Ranked.Entry<Admission>> present() {
        long now = plugins.changes();
        List<Ranked.Entry<Admission>> all = plugins.all();
        if (known == now && plugins.complete()) {
            return all;
        }
        if (!complete()) {
            patience.run();
            now = plugins.changes();
            all = plugins.all();
        }
        Set<String> missing = missing(all);
        if (!missing.isEmpty()) {
            throw ApiFault.unavailable("admission plug-in " + missing.iterator().next() + " is being replaced");
        }
        if (!plugins.complete()) {
            throw ApiFault.unavailable("an admission plug-in is being replaced");
        }
        known = now;
        return all;
    }
}
