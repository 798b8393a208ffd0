package io.k3j.apidiscovery;

import io.k3j.apiaccess.Access;
import io.k3j.apicontributions.AggregatorSlot;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.AggregatedApis.OpenApiDocument;
import io.k3j.apiserverapi.AggregatedApis.Question;
import io.k3j.apiserverapi.AggregatedApis.Version;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiClient.Discovered;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Groups;
import io.k3j.objectregistry.Kinds;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.StorageKeys;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Requests of versions that other servers serve ([AggregatedApis]), never those of built-in groups. For any thread.
///
/// While the aggregator is wanted and away, versions that are served here and nowhere else go on. Every other one is
/// answered with 503 after a short wait: nobody knows then that there is no such version, and what an APIService gives
/// to another server must not be read from this one's datastore, or written there.
public final class RemoteApis {
    private static final String AWAY = "the aggregator is starting or being replaced";
    private static final Gvr API_SERVICES = Gvr.of("apiregistration.k8s.io/v1", "apiservices");
    private final AggregatorSlot slot;
    private final Kinds kinds;
    private final EventLog log;
    private final Access access;

    /// @param slot the place of the aggregator
    /// @param kinds what this server has
    /// @param log where APIServices are found while nobody else looks at them
    /// @param access says who may ask other servers
    public RemoteApis(AggregatorSlot slot, Kinds kinds, EventLog log, Access access) {
        this.slot = slot;
        this.kinds = kinds;
        this.log = log;
        this.access = access;
    }

    /// All versions; as they were while the aggregator is being replaced. The same list until one changes.
    List<Version> versions() {
        return slot.versions();
    }

    /// What their servers say of them in OpenAPI 2; otherwise as [#versions].
    List<OpenApiDocument> openApi() {
        return slot.openApi();
    }

    /// Serves an authenticated request if it is about a version of another server.
    ///
    /// @param longRunning called before it is handed on: what follows needs nothing of the datastore
    /// @return false when it is about something else
    /// @throws ApiFault 403; 503 while it is not known whose it is; 504 when this server's own writes do not come back
    ///     from the datastore
    /// @throws IOException when the client or the other server has gone
    public boolean serve(Request request, Runnable longRunning) throws IOException {
        List<String> path = request.segments();
        boolean openApi = path.size() == 5 && path.getFirst().equals("openapi") && path.get(1).equals("v3");
        int at = openApi ? 2 : 0;
        if (path.size() < at + 2 || !path.get(at).equals("apis") || Groups.builtIn(path.get(at + 1))) {
            return false;
        }
        String group = path.get(at + 1);
        String version = path.size() == at + 2 ? "" : path.get(at + 2);
        AggregatedApis service = serving(group, version);
        if (service == null || !service.aggregates(group, version)) {
            return false;
        }
        access.allowed(request, request.attributes());
        longRunning.run();
        request.status(service.serve(new AggregatedApis.Call(group, version, request.caller(), request.exchange())));
        return true;
    }

    /// Asks the server of a version that is not served here, for a component of this process that may ask.
    ///
    /// @return empty when no other server has the version
    /// @throws ApiFault what that server refuses; 503 while it cannot be asked
    Optional<Struct> ask(Question question) {
        return Optional.ofNullable(server(question.resource())).map(service -> service.ask(question));
    }

    /// Whether another server has the version.
    /// @throws ApiFault 503 while that is not known
    boolean serves(Gvr resource) {
        return server(resource) != null;
    }

    /// Deletes there what a question is about.
    ///
    /// @return false when no other server has the version
    /// @throws ApiFault what that server refuses; 503 while it cannot be asked
    boolean delete(Question question, Struct options) {
        AggregatedApis service = server(question.resource());
        if (service != null) {
            service.delete(question, options);
        }
        return service != null;
    }

    private @Nullable AggregatedApis server(Gvr resource) {
        String group = resource.group();
        AggregatedApis service = Groups.builtIn(group) ? null : serving(group, resource.version());
        return service != null && service.aggregates(group, resource.version()) ? service : null;
    }

    /// What is served here and elsewhere, so far as that is known; what is not is among the failures. Does not wait.
    public Discovered discover() {
        Discovered known = ServedResources.of(kinds.listed(), versions());
        if (slot.serving() != null || !slot.isWanted()) {
            return known;
        }
        return new Discovered(known.resources(), Stream.concat(known.failures().stream(), Stream.of(AWAY)).toList());
    }

    /// Who may serve a version, or a whole group (version empty); null when only this server may.
    /// @throws ApiFault 503 while that is not known
    private @Nullable AggregatedApis serving(String group, String version) {
        AggregatedApis now = slot.serving();
        if (now != null || !slot.isWanted() || servedHere(group, version)) {
            return now;
        }
        now = slot.await();
        if (now == null && slot.isWanted()) {
            throw ApiFault.unavailable(AWAY);
        }
        return now;
    }

    /// Whether this server has it and nobody else; of a group's own document, whether it knows the group.
    private boolean servedHere(String group, String version) {
        boolean local = kinds.listed().stream().anyMatch(k -> is(k.gvr().group(), k.gvr().version(), group, version));
        boolean remote = versions().stream().anyMatch(v -> is(v.group(), v.version(), group, version));
        return version.isEmpty() ? local || remote : local && !remote && !givenAway(group, version);
    }

    private static boolean is(String group, String version, String wantedGroup, String wantedVersion) {
        return group.equals(wantedGroup) && (wantedVersion.isEmpty() || version.equals(wantedVersion));
    }

    /// Whether an APIService names a Service for it. Looked up, not remembered: at a start nobody has told yet.
    /// @throws ApiFault 504 when this server's own writes do not come back from the datastore
    private boolean givenAway(String group, String version) {
        ResourceKind kind = kinds.find(API_SERVICES).orElse(null);
        Item found = kind == null ? null
                : log.mostRecent().tree().get(StorageKeys.of(kind, Key.of(version + "." + group)));
        if (found == null) {
            return false;
        }
        Item readable = found.readable();
        return readable == null || readable.object().spec().has("service");
    }
}
