package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apirequests.Request;
import io.k3j.apirequests.RequestMetrics;
import io.k3j.apirequests.RequestRemarks;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestMetricsTest {
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (" + NAME + ") (.+)");
    private static final Pattern SAMPLE = Pattern
            .compile("(" + NAME + ")(\\{(?:[a-z_]+=\"[^\"]*\",?)*})? ([-+0-9.eE]+|\\+Inf|NaN)");

    /// The names and values, when the text is in Prometheus' form 0.0.4.
    private static Map<String, Double> parsed(String text) {
        Map<String, Double> samples = new HashMap<>();
        Map<String, String> types = new HashMap<>();
        Set<String> over = new HashSet<>();
        String family = "";
        for (String line : text.lines().toList()) {
            Matcher comment = COMMENT.matcher(line);
            if (line.startsWith("#")) {
                assertThat(comment.matches()).as(line).isTrue();
                if (!comment.group(2).equals(family)) {
                    assertThat(over.add(family = comment.group(2))).as("%s comes twice", family).isTrue();
                }
                if (comment.group(1).equals("TYPE")) {
                    assertThat(types.put(family, comment.group(3))).as("%s has two types", family).isNull();
                }
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            String plain = "histogram".equals(types.get(family))
                    ? sample.group(1).replaceFirst("_(bucket|sum|count)$", "") : sample.group(1);
            assertThat(plain).as(line).isEqualTo(family);
            assertThat(samples.put(line.substring(0, line.lastIndexOf(' ')), Double.valueOf(sample.group(3))))
                    .as(line).isNull();
        }
        return samples;
    }

    @Test
    void areValidPrometheusText() throws IOException {
        try (TestServer server = new TestServer()) {
            server.get("/api/v1/namespaces/a/configmaps");
            TestExchange answer = server.get("/metrics");
            Map<String, Double> samples = parsed(answer.text());
            assertThat(samples).containsKeys("apiserver_current_inflight_requests{request_kind=\"mutating\"}",
                    "apiserver_current_inflight_requests{request_kind=\"readOnly\"}", "process_cpu_seconds_total",
                    "process_open_fds", "process_max_fds", "process_virtual_memory_bytes",
                    "process_start_time_seconds");
            assertThat(samples.get("process_resident_memory_bytes"))
                    .isGreaterThan(Runtime.getRuntime().totalMemory() / 10.0).isLessThan(1e12);
        }
    }

    @Test
    void countRequestsByUpstreamsLabels() throws IOException {
        try (TestServer server = new TestServer()) {
            server.get("/api/v1/namespaces/a/configmaps");
            server.call("DELETE", "/api/v1/namespaces/a/configmaps/x?dryRun=All", "");
            Map<String, Double> samples = parsed(server.get("/metrics").text());
            String list = "group=\"\",resource=\"configmaps\",scope=\"namespace\",subresource=\"\",verb=\"LIST\","
                    + "version=\"v1\"";
            assertThat(samples)
                    .containsEntry("apiserver_request_total{code=\"200\",component=\"apiserver\",dry_run=\"\"," + list
                            + "}", 1.0)
                    .containsEntry("apiserver_request_duration_seconds_count{component=\"apiserver\",dry_run=\"\","
                            + list + "}", 1.0)
                    .containsEntry("apiserver_request_sli_duration_seconds_bucket{component=\"apiserver\"," + list
                            + ",le=\"60\"}", 1.0)
                    .containsEntry("apiserver_request_total{code=\"404\",component=\"apiserver\",dry_run=\"All\","
                            + "group=\"\",resource=\"configmaps\",scope=\"resource\",subresource=\"\","
                            + "verb=\"DELETE\",version=\"v1\"}", 1.0);
            assertThat(samples.keySet()).anyMatch(s -> s.startsWith("kubernetes_build_info{")
                    && s.contains("git_version=\"" + Version.GIT_VERSION + "\""));
        }
    }

    /// What users are promised is about writes that are done. Its labels tell dry runs from nothing, and no sample may
    /// come twice.
    @Test
    void promiseNothingOfWhatIsOnlyTriedAndOfWatches() throws IOException {
        try (TestServer server = new TestServer()) {
            server.call("DELETE", "/api/v1/namespaces/a/configmaps/x?dryRun=All", "");
            server.call("DELETE", "/api/v1/namespaces/a/configmaps/x", "");
            server.get("/api/v1/namespaces/a/configmaps?watch=1").leave();
            Map<String, Double> samples = parsed(server.get("/metrics").text());
            assertThat(samples).containsEntry(
                    "apiserver_request_sli_duration_seconds_count{component=\"apiserver\",group=\"\","
                            + "resource=\"configmaps\",scope=\"resource\",subresource=\"\",verb=\"DELETE\","
                            + "version=\"v1\"}",
                    1.0);
            assertThat(samples.keySet()).noneMatch(s -> s.startsWith("apiserver_request_sli_duration_seconds")
                    && s.contains("verb=\"WATCH\""));
        }
    }

    @Test
    void promiseNothingOfTheTimeOfWebhooks() throws IOException {
        try (TestServer server = new TestServer()) {
            server.contributions.admissions().add(new Hooks(), Map.of());
            server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"x\"}}");
            Map<String, Double> samples = parsed(server.get("/metrics").text());
            String post = "group=\"\",resource=\"configmaps\",scope=\"resource\",subresource=\"\",verb=\"POST\","
                    + "version=\"v1\"}";
            double all = samples.get("apiserver_request_duration_seconds_sum{component=\"apiserver\",dry_run=\"\","
                    + post);
            double promised = samples.get("apiserver_request_sli_duration_seconds_sum{component=\"apiserver\","
                    + post);
            assertThat(promised).isPositive().isLessThan(all);
        }
    }

    /// As upstream: those that change an object are asked one after the other, those that only look all at once.
    @Test
    void promiseNothingOfAllThatWasWaitedForMutatingWebhooksAndOfTheLongestTimeForOthers() {
        Request request = new Request(new TestExchange("PUT", "/api/v1/namespaces/a/configmaps/x", new byte[0]));
        RequestRemarks remarks = RequestRemarks.of(request);
        for (int i = 0; i < 2; i++) {
            remarks.waited(false, 1_000_000_000L);
            remarks.waited(true, 3_000_000_000L);
        }
        request.labels().allowed();
        RequestMetrics metrics = new RequestMetrics(_ -> true);
        metrics.request(request, 200, 10_000_000_000L);
        MetricText text = new MetricText();
        metrics.to(text);
        assertThat(parsed(text.toString())).containsEntry(
                "apiserver_request_sli_duration_seconds_sum{component=\"apiserver\",group=\"\","
                        + "resource=\"configmaps\",scope=\"resource\",subresource=\"\",verb=\"PUT\","
                        + "version=\"v1\"}",
                5.0);
    }

    /// Stands for the webhooks.
    private static final class Hooks implements Admission {
        @Override
        public String name() {
            return "MutatingAdmissionWebhook";
        }

        @Override
        public boolean handles(Write write) {
            return true;
        }

        @Override
        public boolean remote() {
            return true;
        }
    }

    @Test
    void tellHowLargeAnswersAndEventsAre() throws IOException {
        try (TestServer server = new TestServer()) {
            server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"x\"}}");
            int size = server.get("/api/v1/namespaces/a/configmaps").bytes().length;
            server.get("/api/v1/namespaces/a/configmaps?watch=1");
            Map<String, Double> samples = parsed(server.get("/metrics").text());
            String list = "{component=\"apiserver\",group=\"\",resource=\"configmaps\",scope=\"namespace\","
                    + "subresource=\"\",verb=\"LIST\",version=\"v1\"";
            String events = "{group=\"\",resource=\"configmaps\",version=\"v1\"";
            assertThat(samples).containsEntry("apiserver_response_sizes_sum" + list + "}", (double) size)
                    .containsEntry("apiserver_response_sizes_bucket" + list + ",le=\"1000\"}", 1.0)
                    .containsEntry("apiserver_watch_events_total" + events + "}", 1.0)
                    .containsEntry("apiserver_watch_events_sizes_bucket" + events + ",le=\"1024\"}", 1.0);
            assertThat(samples.keySet()).noneMatch(s -> s.startsWith("apiserver_response_sizes")
                    && s.contains("verb=\"POST\""));
        }
    }

    @Test
    void tellHowLongAdmissionTook() throws IOException {
        try (TestServer server = new TestServer()) {
            server.contributions.admissions().add(new Refusing(), Map.of());
            server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"x\"}}");
            String labels = "{name=\"Refusing\",operation=\"CREATE\",rejected=\"%s\",type=\"%s\"}";
            assertThat(parsed(server.get("/metrics").text()))
                    .containsEntry("apiserver_admission_controller_admission_duration_seconds_count"
                            + labels.formatted(false, "admit"), 1.0)
                    .containsEntry("apiserver_admission_controller_admission_duration_seconds_count"
                            + labels.formatted(true, "validate"), 1.0)
                    .containsKeys("apiserver_admission_step_admission_duration_seconds_count{operation=\"CREATE\","
                            + "rejected=\"false\",type=\"admit\"}",
                            "apiserver_admission_step_admission_duration_seconds_count{operation=\"CREATE\","
                                    + "rejected=\"true\",type=\"validate\"}")
                    .doesNotContainKey("apiserver_admission_step_admission_duration_seconds_count{operation="
                            + "\"CREATE\",rejected=\"false\",type=\"validate\"}");
        }
    }

    @Test
    void tellWhichWatchesAreOpen() throws IOException {
        try (TestServer server = new TestServer()) {
            TestExchange watch = server.get("/api/v1/namespaces/a/configmaps?watch=1");
            server.get("/api/v1/namespaces/a/configmaps");
            String labels = "apiserver_longrunning_requests{component=\"apiserver\",group=\"\","
                    + "resource=\"configmaps\",scope=\"namespace\",subresource=\"\",verb=\"%s\",version=\"v1\"}";
            assertThat(parsed(server.get("/metrics").text())).containsEntry(labels.formatted("WATCH"), 1.0)
                    .doesNotContainKey(labels.formatted("LIST"));
            watch.leave();
            assertThat(parsed(server.get("/metrics").text())).containsEntry(labels.formatted("WATCH"), 0.0);
        }
    }

    @Test
    void tellHowLongRequestsHadTheirSeats() throws IOException {
        try (TestServer server = new TestServer()) {
            server.get("/api/v1/namespaces/a/configmaps");
            server.get("/api/v1/namespaces/a/configmaps?watch=1");
            Map<String, Double> samples = parsed(server.get("/metrics").text());
            String flow = "flow_schema=\"exempt\",priority_level=\"exempt\"";
            assertThat(samples).containsEntry("apiserver_flowcontrol_request_execution_seconds_count{" + flow
                    + ",type=\"regular\"}", 1.0)
                    .containsEntry("apiserver_flowcontrol_request_execution_seconds_count{" + flow
                            + ",type=\"watch\"}", 1.0)
                    .containsEntry("apiserver_flowcontrol_work_estimated_seats_bucket{" + flow + ",le=\"1\"}", 2.0);
        }
    }

    @Test
    void tellWhatDeprecatedWasAskedFor() throws IOException {
        try (TestServer server = new TestServer()) {
            server.contributions.kinds().put(new TestKinds.Hooks() {
                @Override
                public String deprecated(Gvk kind) {
                    return kind.kind().equals("ConfigMap") ? "v1 ConfigMap is deprecated in v1.1+" : "";
                }
            }, Map.of("service.ranking", 9));
            String series = "apiserver_requested_deprecated_apis{group=\"\",removed_release=\"\","
                    + "resource=\"%s\",subresource=\"\",version=\"v1\"}";
            assertThat(parsed(server.get("/metrics").text())).doesNotContainKey(series.formatted("configmaps"));
            assertThat(server.get("/api/v1/namespaces/a/configmaps").answered("warning"))
                    .isEqualTo("299 - \"v1 ConfigMap is deprecated in v1.1+\"");
            assertThat(server.get("/api/v1/namespaces/a/pods").answered("warning")).isEmpty();
            server.get("/api/v1/namespaces/a/configmaps/x/none");
            assertThat(parsed(server.get("/metrics").text())).containsEntry(series.formatted("configmaps"), 1.0)
                    .doesNotContainKeys(series.formatted("pods"),
                            series.formatted("configmaps").replace("subresource=\"\"", "subresource=\"none\""));
        }
    }

    @Test
    void tellHowLongTheDatastoreTook() throws IOException {
        try (TestServer server = new TestServer()) {
            server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"x\"}}");
            server.call("PUT", "/api/v1/namespaces/a/configmaps/x",
                    "{\"metadata\":{\"name\":\"x\"},\"data\":{\"k\":\"v\"}}");
            server.call("DELETE", "/api/v1/namespaces/a/configmaps/x", "");
            Map<String, Double> samples = parsed(server.get("/metrics").text());
            for (String operation : List.of("create", "update", "delete")) {
                String labels = "{group=\"\",operation=\"" + operation + "\",resource=\"configmaps\"";
                assertThat(samples).containsEntry("etcd_requests_total" + labels + "}", 1.0)
                        .containsEntry("etcd_request_duration_seconds_bucket" + labels + ",le=\"60\"}", 1.0);
            }
        }
    }

    /// It may throw when it is asked for one: what it lets pass is written all the same.
    @Test
    void anAdmissionPlugInThatTellsNoNameIsCountedWithoutOne() throws IOException {
        try (TestServer server = new TestServer()) {
            server.contributions.admissions().add(new Admission() {
                @Override
                public String name() {
                    throw new IllegalStateException("nameless");
                }

                @Override
                public boolean handles(Write write) {
                    return true;
                }
            }, Map.of());
            assertThat(server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"x\"}}")
                    .status()).isEqualTo(201);
            assertThat(parsed(server.get("/metrics").text())).containsEntry(
                    "apiserver_admission_controller_admission_duration_seconds_count{name=\"\",operation=\"CREATE\","
                            + "rejected=\"false\",type=\"validate\"}",
                    1.0);
        }
    }

    private static final class Refusing implements Admission {
        @Override
        public String name() {
            return "Refusing";
        }

        @Override
        public boolean handles(Write write) {
            return true;
        }

        @Override
        public void validate(Write write, Struct object) {
            throw ApiFault.badRequest("no");
        }
    }

    @Test
    void requestsThatFindNoSeatAreTerminated() throws Exception {
        try (TestServer server = new TestServer()) {
            server.everybody();
            TakenSeats seats = new TakenSeats(server);
            seats.reject();
            try {
                seats.take(false, seats.all(), i -> "u" + i);
                assertThat(server.serve(new TestExchange("GET", "/api/v1/namespaces/a/configmaps", new byte[0])
                        .with("authorization", "Bearer jane")).status()).isEqualTo(429);
            } finally {
                seats.close();
            }
            assertThat(parsed(server.get("/metrics").text())).containsEntry("apiserver_request_terminations_total{"
                    + "code=\"429\",component=\"apiserver\",group=\"\",resource=\"configmaps\",scope=\"namespace\","
                    + "subresource=\"\",verb=\"LIST\",version=\"v1\"}", 1.0);
        }
    }

    /// A series lives as long as the process, and there are not many of them.
    @Test
    void strangersAndWhatIsNotServedTakeNoSeriesOfTheirOwn() throws IOException {
        try (TestServer server = new TestServer()) {
            server.contributions.authorizers().add((caller, what) -> Authorizer.Decision.NO_OPINION, Map.of());
            for (int i = 0; i < 20; i++) {
                server.get("/apis/example.com/v" + i + "/things" + i);
                server.get("/api/v1/namespaces/a/configmaps/x/sub" + i);
                server.get("/api/v1/none" + i + "?watch=1");
            }
            for (String path : List.of("secrets", "pods")) {
                server.serve(new TestExchange("GET", "/api/v1/namespaces/a/" + path, new byte[0])
                        .with("authorization", "Bearer mallory"));
            }
            Map<String, Double> samples = parsed(server.get("/metrics").text());
            assertThat(samples.keySet()).filteredOn(s -> s.startsWith("apiserver_request_total{"))
                    .allMatch(s -> s.contains("group=\"\",resource=\"\",") && s.contains("subresource=\"\",")
                            && s.contains("version=\"\""))
                    .hasSizeLessThan(10);
            assertThat(samples).containsEntry("apiserver_request_total{code=\"403\",component=\"apiserver\","
                    + "dry_run=\"\",group=\"\",resource=\"\",scope=\"namespace\",subresource=\"\",verb=\"LIST\","
                    + "version=\"\"}", 2.0);
        }
    }

    @Test
    void tellHowManyObjectsOfEachKindAreStored() throws IOException {
        try (TestServer server = new TestServer()) {
            assertThat(parsed(server.get("/metrics").text()))
                    .containsEntry("apiserver_resource_objects{group=\"\",resource=\"configmaps\"}", 0.0);
            server.call("POST", "/api/v1/namespaces/a/configmaps",
                    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}");
            // what is counted is what the watch cache has; a list is answered when it has the write
            server.get("/api/v1/namespaces/a/configmaps");
            assertThat(parsed(server.get("/metrics").text()))
                    .containsEntry("apiserver_resource_objects{group=\"\",resource=\"configmaps\"}", 1.0)
                    .containsEntry("apiserver_storage_objects{resource=\"configmaps\"}", 1.0);
        }
    }

    /// Upstream's `e2e.test` wants both after every run, at zero.
    @Test
    void tellThatNoValidationDifferedFromAnother() throws IOException {
        try (TestServer server = new TestServer()) {
            assertThat(parsed(server.get("/metrics").text()))
                    .containsEntry("apiserver_validation_declarative_validation_mismatch_total", 0.0)
                    .containsEntry("apiserver_validation_declarative_validation_panic_total", 0.0);
        }
    }

    @Test
    void whatSeveralComponentsCountIsOneFamily() throws IOException {
        try (TestServer server = new TestServer()) {
            for (String name : List.of("a", "b")) {
                Metrics component = () -> new MetricText().family("shared_total", MetricText.Type.COUNTER, "Shared.")
                        .value(1, "name", name).toString();
                server.contributions.add(component, List.of(Metrics.class.getName()), Map.of());
            }
            assertThat(parsed(server.get("/metrics").text())).containsEntry("shared_total{name=\"a\"}", 1.0)
                    .containsEntry("shared_total{name=\"b\"}", 1.0);
        }
    }

    @Test
    void haveThoseOfTheOtherComponentsWhileTheyAreThere() throws IOException {
        try (TestServer server = new TestServer()) {
            Metrics component = () -> new MetricText().family("other_total", MetricText.Type.COUNTER, "Other.").value(7)
                    .toString();
            server.contributions.add(component, List.of(Metrics.class.getName()), Map.of());
            server.contributions.add(component, List.of(Metrics.class.getName()), Map.of("changed", true));
            assertThat(parsed(server.get("/metrics").text())).containsEntry("other_total", 7.0)
                    .containsKey("process_open_fds");
            server.contributions.remove(component, List.of(Metrics.class.getName()));
            assertThat(server.get("/metrics").text()).doesNotContain("other_total");
        }
    }

    @Test
    void reportTheValuesOfProc(@TempDir Path proc) throws IOException {
        Files.writeString(proc.resolve("status"), "Name:\tjava\nVmSize:\t 2048 kB\nVmRSS:\t    1024 kB\n");
        Files.writeString(proc.resolve("limits"),
                "Limit                     Soft Limit           Hard Limit           Units     \n"
                        + "Max open files            1000                 unlimited            files     \n");
        Files.writeString(proc.resolve("stat"), "7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 150 0 0 20 0 1 0 5 6 7\n");
        Files.createDirectory(proc.resolve("fd"));
        for (String fd : List.of("0", "1", "2")) {
            Files.createFile(proc.resolve("fd").resolve(fd));
        }
        TreeMap<String, Number> told = new TreeMap<>();
        new ProcessFigures(proc).to(told);
        told.remove("process_start_time_seconds");
        assertThat(told).isEqualTo(Map.of("process_resident_memory_bytes", 1L << 20, "process_virtual_memory_bytes",
                2L << 20, "process_max_fds", 1000L, "process_cpu_seconds_total", 4.0, "process_open_fds", 3L));
    }

    @Test
    void omitUnreadableValues(@TempDir Path proc) {
        TreeMap<String, Number> told = new TreeMap<>();
        new ProcessFigures(proc).to(told);
        assertThat(told).containsOnlyKeys("process_start_time_seconds");
    }
}
