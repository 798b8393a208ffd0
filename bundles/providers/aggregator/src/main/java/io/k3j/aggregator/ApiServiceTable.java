package io.k3j.aggregator;

import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The APIServices that name a Service, by group and version, with what their servers have said of their resources.
/// Changed by the view's thread and by checks; read by any.
final class ApiServiceTable implements AggregatedApis {
    private static final Struct NOTHING_KNOWN = Struct.of("resources", Seq.EMPTY);
    private final Forwarding forwarding;
    private final Questions questions;
    private final BackendDialer backends;
    private final OpenApiAggregation openApi;
    private final Map<String, ApiService> services = new HashMap<>();
    private final Map<String, Struct> described = new HashMap<>();
    private volatile Map<String, ApiService> byVersion = Map.of();
    private volatile List<Version> versions = List.of();

    /// @param backends told which of them are there
    /// @param openApi knows what they say in OpenAPI 2
    ApiServiceTable(Forwarding forwarding, Questions questions, BackendDialer backends, OpenApiAggregation openApi) {
        this.forwarding = forwarding;
        this.questions = questions;
        this.backends = backends;
        this.openApi = openApi;
    }

    /// An APIService is there as it says, or no more (null).
    synchronized void changed(String name, @Nullable ApiService now) {
        ApiService before = now == null ? services.remove(name) : services.put(name, now);
        if (now == null) {
            described.remove(name);
        }
        if (now == null ? before != null : !now.equals(before)) {
            index();
        }
    }

    /// What a server has said of its resources, as they stand in aggregated discovery.
    synchronized void described(String name, Seq resources) {
        Struct now = Struct.of("resources", resources);
        if (services.containsKey(name) && !now.equals(described.put(name, now))) {
            index();
        }
    }

    private void index() {
        Map<String, ApiService> all = new HashMap<>();
        List<Version> shown = new ArrayList<>();
        services.values().forEach(s -> {
            all.put(s.groupVersion(), s);
            Struct known = described.get(s.name());
            shown.add(s.described(Struct.of("version", s.version(), "resources",
                    (known == null ? NOTHING_KNOWN : known).seq("resources"), "freshness",
                    s.available() && known != null ? "Current" : "Stale")));
        });
        backends.retain(Set.copyOf(services.values()));
        byVersion = Map.copyOf(all);
        versions = List.copyOf(shown);
    }

    /// The names of all.
    synchronized Set<String> names() {
        return services.keySet().stream().collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean aggregates(String group, String version) {
        return byVersion.containsKey(group + "/" + version);
    }

    @Override
    public int serve(Call call) throws IOException {
        ApiService to = byVersion.get(call.group() + "/" + call.version());
        Exchange exchange = call.exchange();
        if (to == null || !to.available()) {
            return Forwarding.refuse(exchange, "service unavailable");
        }
        return forwarding.serve(to, call.caller(), exchange);
    }

    @Override
    public Struct ask(Question question) {
        return questions.ask(available(question), question);
    }

    @Override
    public void delete(Question question, Struct options) {
        questions.delete(available(question), question, options);
    }

    private ApiService available(Question question) {
        ApiService to = byVersion.get(question.resource().group() + "/" + question.resource().version());
        if (to == null || !to.available()) {
            throw ApiFault.unavailable("service unavailable");
        }
        return to;
    }

    @Override
    public List<Version> versions() {
        return versions;
    }

    @Override
    public List<OpenApiDocument> openApi() {
        return openApi.documents();
    }
}
