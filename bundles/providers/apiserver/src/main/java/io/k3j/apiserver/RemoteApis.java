package io.k3j.apiserver;

import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.AggregatedApis.Version;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.objectregistry.Groups;
import io.k3j.objectregistry.Kinds;
import io.k3j.objectregistry.Slot;
import java.io.IOException;
import java.util.List;

/// Requests of versions that other servers serve ([AggregatedApis]), never those of built-in groups. For any thread.
final class RemoteApis {
    private final Slot<AggregatedApis> slot;
    private final Kinds kinds;
    private final Access access;
    private volatile List<Version> last = List.of();

    RemoteApis(Slot<AggregatedApis> slot, Kinds kinds, Access access) {
        this.slot = slot;
        this.kinds = kinds;
        this.access = access;
    }

    /// All versions; as they were while the aggregator is being replaced. The same list until one changes.
    List<Version> versions() {
        Slot.State<AggregatedApis> state = slot.state();
        if (state.all().isEmpty()) {
            return state.complete() ? List.of() : last;
        }
        List<Version> now = state.all().getFirst().service().versions();
        last = now;
        return now;
    }

    /// Serves an authenticated request if it is about a version of another server.
    /// @return false when it is about something else
    /// @throws ApiFault 403, 503
    boolean serve(Request request) throws IOException {
        List<String> path = request.segments();
        boolean openApi = path.size() == 5 && path.getFirst().equals("openapi") && path.get(1).equals("v3");
        int at = openApi ? 2 : 0;
        if (path.size() < at + 3 || !path.get(at).equals("apis") || Groups.builtIn(path.get(at + 1))) {
            return false;
        }
        String group = path.get(at + 1);
        String version = path.get(at + 2);
        Slot.State<AggregatedApis> state = slot.state();
        if (state.all().isEmpty()) {
            if (!state.complete() && !local(group, version)) {
                throw ApiFault.unavailable("the aggregator is being replaced");
            }
            return false;
        }
        AggregatedApis service = state.all().getFirst().service();
        if (!service.aggregates(group, version)) {
            return false;
        }
        access.allowed(request.caller(), request.info().resource() ? ResourceHandler.attributes(request,
                request.info().verb()) : Attributes.path(request.info().verb(), request.path()));
        request.status(service.serve(new AggregatedApis.Call(group, version, request.caller(), request.exchange())));
        return true;
    }

    private boolean local(String group, String version) {
        return kinds.listed().stream().anyMatch(k -> is(k.gvr(), group, version));
    }

    private static boolean is(Gvr gvr, String group, String version) {
        return gvr.group().equals(group) && gvr.version().equals(version);
    }
}
