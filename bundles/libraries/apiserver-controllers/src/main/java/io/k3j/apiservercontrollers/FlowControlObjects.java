package io.k3j.apiservercontrollers;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.flowcontrol.BootstrapConfiguration;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Keeps the flow schemas and priority levels every cluster has ([BootstrapConfiguration]) as upstream's
/// `priority-and-fairness-config-producer` does: what is missing is made; mandatory ones always, suggested ones as
/// long as their annotation `apf.kubernetes.io/autoupdate-spec` is true, or nobody has changed them and it says
/// nothing, get their spec again; what carries the annotation and belongs to no cluster any more is removed.
/// Several servers may do so at once.
public final class FlowControlObjects {
    static final Gvr SCHEMAS = Gvr.of("flowcontrol.apiserver.k8s.io/v1", "flowschemas");
    private static final Gvr LEVELS = Gvr.of("flowcontrol.apiserver.k8s.io/v1", "prioritylevelconfigurations");
    private static final WriteOptions PRODUCER = WriteOptions.PLAIN.by("api-priority-and-fairness-config-producer-v1");
    private static final String EXEMPT = "exempt";
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private final ApiClient api;

    /// @param api of the server itself, which may write them
    public FlowControlObjects(ApiClient api) {
        this.api = api;
    }

    /// Makes all objects as they should be. Idempotent; writes nothing when they are. Blocks for calls of the API.
    ///
    /// @throws ApiFault when a read or write fails, but for one that another server was faster with
    public void ensure() {
        ensure(LEVELS, BootstrapConfiguration.levels());
        ensure(SCHEMAS, BootstrapConfiguration.schemas());
        remove(SCHEMAS, BootstrapConfiguration.schemas());
        remove(LEVELS, BootstrapConfiguration.levels());
    }

    private void ensure(Gvr resource, List<Struct> objects) {
        for (Struct object : objects) {
            Obj wanted = Obj.of(object).without("metadata", "uid");
            Obj found = api.find(resource, wanted.key()).orElse(null);
            Obj update = found == null ? null : updated(found, wanted);
            if (found == null) {
                unlessOthersDid(() -> api.create(resource, wanted, PRODUCER));
            } else if (update != null) {
                unlessOthersDid(() -> api.update(resource, update, PRODUCER));
            }
        }
    }

    /// What another server has just done, or a user has just changed, is looked at again in the next round.
    private static void unlessOthersDid(Runnable write) {
        try {
            write.run();
        } catch (ApiFault f) {
            if (f.code() != CONFLICT && f.code() != NOT_FOUND) {
                throw f;
            }
        }
    }

    /// An object as it should be; null when it is.
    private static @Nullable Obj updated(Obj found, Obj wanted) {
        Boolean said = said(found);
        boolean automatic = BootstrapConfiguration.mandatory(found.name())
                || (said == null ? found.generation() == 1 : said);
        Struct wantedSpec = specFor(found, wanted.spec());
        boolean spec = automatic && !found.spec().equals(wantedSpec);
        boolean annotation = said == null || said != automatic;
        if (!spec && !annotation) {
            return null;
        }
        Obj marked = annotation
                ? found.with(String.valueOf(automatic), "metadata", "annotations", BootstrapConfiguration.AUTO_UPDATE)
                : found;
        return spec ? marked.with(wantedSpec, "spec") : marked;
    }

    /// What exempt requests leave to others is the administrator's to say.
    private static Struct specFor(Obj found, Struct wanted) {
        Struct said = found.spec().struct(EXEMPT);
        return wanted.has(EXEMPT) && !said.isEmpty() ? wanted.with(EXEMPT, said) : wanted;
    }

    /// What the annotation says, as Go reads it; null when it says nothing.
    private static @Nullable Boolean said(Obj of) {
        return switch (of.annotations().getOrDefault(BootstrapConfiguration.AUTO_UPDATE, "")) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> null;
        };
    }

    private void remove(Gvr resource, List<Struct> objects) {
        Set<String> kept = objects.stream().map(o -> o.struct("metadata").text("name")).collect(Collectors.toSet());
        for (Obj each : api.list(resource, Query.ALL).items()) {
            if (!kept.contains(each.name()) && Boolean.TRUE.equals(said(each))) {
                unlessOthersDid(() -> api.delete(resource, Key.of(each.name()), DeleteOptions.PLAIN));
            }
        }
    }
}
