package io.k3j.apirequests;

import io.k3j.clientapi.ApiFault;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Gvr;
import io.k3j.objectregistry.Kinds;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Counts requests and writes them in Prometheus' text form, with upstream's names and labels
/// (`apiserver_request_total`, `apiserver_request_duration_seconds`, `apiserver_request_sli_duration_seconds`,
/// `apiserver_response_sizes`, `apiserver_request_terminations_total`, `apiserver_longrunning_requests`,
/// `apiserver_requested_deprecated_apis`,
/// <https://kubernetes.io/docs/reference/instrumentation/metrics/>). Any thread; nothing blocks.
///
/// Clients make up paths. Of requests whose caller is not known, or may not do what he asks for, and of what this
/// server does not serve itself, group, version, resource and subresource are empty; upstream does not count them at
/// all.
public final class RequestMetrics {
    /// How many different label sets are counted; more are added to none: a series lives as long as the process.
    static final int MAX_SERIES = 3_000;
    /// Upper bounds in seconds.
    private static final double[] BUCKETS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6,
            8, 10, 15, 20, 30, 45, 60};
    /// The same of what users are promised, for which less than 50 ms is all the same.
    private static final double[] PROMISED = {0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20,
            30, 45, 60};
    /// Upper bounds of answers in bytes.
    private static final double[] SIZES = {1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    private static final Set<String> READS = Set.of("GET", "LIST");
    private static final Set<String> CONNECTS = Set.of("log", "exec", "portforward", "attach", "proxy");
    private static final Gvr NOTHING = new Gvr("", "", "");
    private static final String WATCH = "WATCH";
    private static final String APPLY = "application/apply-patch+yaml";
    private static final String COMPONENT = "apiserver";
    private final Map<Series, Figures> requests = new ConcurrentHashMap<>();
    private final Map<Series, Map<Integer, LongAdder>> terminations = new ConcurrentHashMap<>();
    private final LongRunningRequests longRunning = new LongRunningRequests();
    private final DeprecatedRequests deprecated = new DeprecatedRequests();
    private final Predicate<RequestInfo> served;

    /// @param kinds what is served
    public RequestMetrics(Kinds kinds) {
        this(info -> serves(kinds, info));
    }

    /// @param served whether a request is about something that is
    public RequestMetrics(Predicate<RequestInfo> served) {
        this.served = served;
    }

    /// A kind whose bundle is away is one.
    private static boolean serves(Kinds kinds, RequestInfo info) {
        String subresource = info.subresource();
        try {
            return kinds.find(info.gvr())
                    .filter(kind -> subresource.isEmpty() || kind.subresource(subresource).isPresent()).isPresent();
        } catch (ApiFault away) {
            return subresource.isEmpty();
        }
    }

    record Series(String verb, String dryRun, String group, String version, String resource, String subresource,
            String scope) {
        String[] labels() {
            return new String[] {"component", COMPONENT, "dry_run", dryRun, "group", group, "resource", resource,
                    "scope", scope, "subresource", subresource, "verb", verb, "version", version};
        }

        String[] withCode(int code) {
            return new String[] {"code", Integer.toString(code), "component", COMPONENT, "dry_run", dryRun, "group",
                    group, "resource", resource, "scope", scope, "subresource", subresource, "verb", verb, "version",
                    version};
        }

        /// With those that were only tried: labels without `dry_run` are the same for both.
        Series real() {
            return new Series(verb, "", group, version, resource, subresource, scope);
        }

        String[] ended(int code) {
            return new String[] {"code", Integer.toString(code), "component", COMPONENT, "group", group, "resource",
                    resource, "scope", scope, "subresource", subresource, "verb", verb, "version", version};
        }

        String[] withoutDryRun() {
            return new String[] {"component", COMPONENT, "group", group, "resource", resource, "scope", scope,
                    "subresource", subresource, "verb", verb, "version", version};
        }
    }

    private static final class Figures {
        private final Map<Integer, LongAdder> codes = new ConcurrentHashMap<>();
        private final Histogram all = new Histogram(BUCKETS);
        private final Histogram promised = new Histogram(PROMISED);
        /// Of reads only, as upstream.
        private final @Nullable Histogram sizes;

        Figures(boolean reads) {
            sizes = reads ? Histogram.ofBytes(SIZES) : null;
        }
    }

    /// Counts one answered request; only those of resources.
    ///
    /// @param nanos from when it came to the end of its answer
    public void request(Request request, int code, long nanos) {
        RequestInfo info = request.info();
        if (!info.resource()) {
            return;
        }
        if (request.labels().isDeprecated()) {
            deprecated.asked(info, request.labels().removedRelease());
        }
        Series series = series(request, info);
        Figures figures = figures(series);
        if (figures != null) {
            figures.codes.computeIfAbsent(code, c -> new LongAdder()).increment();
            figures.all.add(nanos);
        }
        Figures real = series.dryRun.isEmpty() ? figures : figures(series.real());
        if (real != null) {
            if (series.dryRun.isEmpty() && !series.verb.equals(WATCH)) {
                real.promised.add(Math.max(0, nanos - request.waitedNanos()));
            }
            if (real.sizes != null) {
                real.sizes.add(request.sentBytes());
            }
        }
    }

    private @Nullable Figures figures(Series series) {
        Figures known = requests.get(series);
        return known != null || requests.size() >= MAX_SERIES ? known
                : requests.computeIfAbsent(series, s -> new Figures(READS.contains(s.verb)));
    }

    /// Counts a request that was ended for the server's sake: it found no seat, or took too long.
    public void terminated(Request request, int code) {
        Series series = series(request, request.info()).real();
        if (terminations.size() < MAX_SERIES || terminations.containsKey(series)) {
            terminations.computeIfAbsent(series, s -> new ConcurrentHashMap<>())
                    .computeIfAbsent(code, c -> new LongAdder()).increment();
        }
    }

    /// Counts a request that goes on, until its exchange ends; only those that do so for as long as their client likes.
    public void goesOn(Request request) {
        if (request.info().longRunning()) {
            longRunning.begin(series(request, request.info()).real(), request);
        }
    }

    private Series series(Request request, RequestInfo info) {
        boolean named = !info.name().isEmpty() || info.verb().equals("create");
        String scope = named ? "resource" : info.namespace().isEmpty() ? "cluster" : "namespace";
        boolean known = request.labels().isAllowed() && served.test(info);
        Gvr gvr = known ? info.gvr() : NOTHING;
        return new Series(verb(request, info), dryRun(request), gvr.group(), gvr.version(), gvr.resource(),
                known ? info.subresource() : "", scope);
    }

    /// The method, but that connections, applies, lists and watches are told apart.
    private static String verb(Request request, RequestInfo info) {
        if (CONNECTS.contains(info.subresource())) {
            return "CONNECT";
        }
        return switch (info.verb()) {
            case "get" -> "GET";
            case "list" -> "LIST";
            case "watch" -> WATCH;
            case "create" -> "POST";
            case "update" -> "PUT";
            case "delete", "deletecollection" -> "DELETE";
            case "patch" -> request.exchange().header("content-type").filter(APPLY::equals).isPresent() ? "APPLY"
                    : "PATCH";
            default -> "other";
        };
    }

    private static String dryRun(Request request) {
        List<String> given = request.params().texts("dryRun");
        return given.isEmpty() ? "" : given.stream().allMatch("All"::equals) ? "All" : "invalid";
    }

    /// Writes everything counted, in a stable order. What is counted meanwhile may be in it or not.
    public void to(MetricText text) {
        List<Map.Entry<Series, Figures>> sorted = requests.entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getKey().toString())).toList();
        text.family("apiserver_request_total", MetricText.Type.COUNTER,
                "Requests answered, by verb, resource and code.");
        sorted.forEach(e -> {
            SortedMap<Integer, LongAdder> codes = new TreeMap<>(e.getValue().codes);
            codes.forEach((code, count) -> text.value(count.sum(), e.getKey().withCode(code)));
        });
        text.family("apiserver_request_duration_seconds", MetricText.Type.HISTOGRAM, "How long requests took.");
        sorted.forEach(e -> text.histogram(e.getValue().all, e.getKey().labels()));
        text.family("apiserver_request_sli_duration_seconds", MetricText.Type.HISTOGRAM,
                "How long requests took, for what users are promised: without what they waited for a seat and for"
                        + " webhooks, and without watches and dry runs.");
        List<Map.Entry<Series, Figures>> real = sorted.stream().filter(e -> e.getKey().dryRun.isEmpty()).toList();
        real.stream().filter(e -> e.getValue().promised.count() > 0)
                .forEach(e -> text.histogram(e.getValue().promised, e.getKey().withoutDryRun()));
        text.family("apiserver_response_sizes", MetricText.Type.HISTOGRAM, "How many bytes answers to reads have.");
        real.forEach(e -> {
            Histogram sizes = e.getValue().sizes;
            if (sizes != null) {
                text.histogram(sizes, e.getKey().withoutDryRun());
            }
        });
        longRunning.to(text);
        deprecated.to(text);
        text.family("apiserver_request_terminations_total", MetricText.Type.COUNTER,
                "Requests that were ended in self-defense.");
        terminations.entrySet().stream().sorted(Comparator.comparing(e -> e.getKey().toString()))
                .forEach(e -> new TreeMap<>(e.getValue())
                        .forEach((code, count) -> text.value(count.sum(), e.getKey().ended(code))));
    }
}
