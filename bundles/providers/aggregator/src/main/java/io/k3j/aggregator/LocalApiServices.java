package io.k3j.aggregator;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Groups;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Keeps an APIService for each version of a group that this server serves itself; upstream's autoregister and
/// crdregistration controllers. Those of built-in groups are looked at once after a start (label `onstart`), those of
/// custom resources whenever they change (`true`); one without the label is somebody else's. Each server does so, and
/// all want the same, so the first one writes.
final class LocalApiServices implements Reconciler {
    /// Who writes it.
    static final String MANAGED = "kube-aggregator.kubernetes.io/automanaged";
    static final String ON_START = "onstart";
    static final String ALWAYS = "true";
    private static final Gvr DEFINITIONS = Gvr.of("apiextensions.k8s.io/v1", "customresourcedefinitions");
    private final ApiClient api;
    private final LiveView services;
    private final LocalVersions versions;
    private final Set<String> done = ConcurrentHashMap.newKeySet();
    private volatile Set<String> atStart = Set.of();

    /// @param services all APIServices
    /// @param versions what is served here
    LocalApiServices(ApiClient api, LiveView services, LocalVersions versions) {
        this.api = api;
        this.services = services;
        this.versions = versions;
    }

    /// Notes which there are before anything was written.
    void begin(Set<String> names) {
        atStart = Set.copyOf(names);
    }

    /// Whether a change of an APIService may be one to be taken back: any that is there at the start, later those of
    /// custom resources.
    static boolean concerns(@Nullable Obj before, @Nullable Obj after) {
        if (before == null || after == null) {
            Obj one = after != null ? after : before;
            return one != null && (after == null ? by(one).equals(ALWAYS) : !by(one).isEmpty());
        }
        return (by(before).equals(ALWAYS) || by(after).equals(ALWAYS))
                && !(before.spec().equals(after.spec()) && by(before).equals(by(after)));
    }

    private static String by(Obj service) {
        return service.labels().getOrDefault(MANAGED, "");
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        boolean first = !done.contains(key.name());
        LocalVersions.Version wanted = versions.named(key.name());
        Obj there = services.get(key).orElse(null);
        if (wanted != null && wanted.builtIn() && !first) {
            return Requeue.NEVER;
        }
        if (there == null) {
            if (wanted != null) {
                create(wanted, writer);
            }
        } else if (ours(there, first)) {
            if (wanted == null) {
                withdraw(there, writer);
            } else if (!says(there.spec(), wanted)) {
                writer.update(ApiService.RESOURCE, there.with(spec(wanted), "spec"));
            }
        }
        if (wanted != null ? wanted.builtIn() : there != null && by(there).equals(ON_START)) {
            done.add(key.name());
        }
        return Requeue.NEVER;
    }

    /// What another server has made while this one runs is that one's, as is what a person has unmarked.
    private boolean ours(Obj there, boolean first) {
        return by(there).equals(ALWAYS)
                || by(there).equals(ON_START) && first && atStart.contains(there.name());
    }

    private static void create(LocalVersions.Version wanted, ExpectingWriter writer) {
        try {
            writer.create(ApiService.RESOURCE, Obj.of(Struct.of("apiVersion", "apiregistration.k8s.io/v1", "kind",
                    "APIService", "metadata", Struct.of("name", wanted.name(), "labels",
                            Struct.of(MANAGED, wanted.builtIn() ? ON_START : ALWAYS)),
                    "spec", spec(wanted))));
        } catch (ApiFault other) {
            if (!other.reason().equals("AlreadyExists")) {
                throw other;
            }
        }
    }

    private static Struct spec(LocalVersions.Version wanted) {
        return Struct.builder().putUnlessEmpty("group", wanted.group()).put("version", wanted.version())
                .put("groupPriorityMinimum", Groups.priority(wanted.group()))
                .put("versionPriority", Groups.versionPriority(wanted.group(), wanted.version())).build();
    }

    private static boolean says(Struct spec, LocalVersions.Version wanted) {
        return !spec.has("service") && spec.text("group").equals(wanted.group())
                && spec.text("version").equals(wanted.version())
                && spec.whole("groupPriorityMinimum", 0) == Groups.priority(wanted.group())
                && spec.whole("versionPriority", 0) == Groups.versionPriority(wanted.group(), wanted.version());
    }

    /// What is not served may only not be known yet, or its bundle is being replaced.
    private void withdraw(Obj there, ExpectingWriter writer) {
        String group = there.spec().text("group");
        String version = there.spec().text("version");
        boolean gone = Groups.builtIn(group) ? versions.named("v1.") != null : !defined(group, version);
        if (gone && by(there).equals(Groups.builtIn(group) ? ON_START : ALWAYS)) {
            writer.delete(ApiService.RESOURCE, there);
        }
    }

    private boolean defined(String group, String version) {
        try (View heads = api.metadata(DEFINITIONS, Query.ALL)) {
            return heads.list().stream().map(Obj::name).filter(n -> n.endsWith("." + group))
                    .flatMap(n -> api.find(DEFINITIONS, Key.of(n)).stream())
                    .anyMatch(d -> d.spec().seq("versions").find("name", version).flag("served"));
        }
    }
}
