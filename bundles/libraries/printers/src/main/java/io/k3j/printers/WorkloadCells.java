package io.k3j.printers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The cells of workloads: everything that has a pod template, and controller revisions.
///
/// | function | column | cell |
/// |---|---|---|
/// | `workload.containers`, `.images`, `.selector` | Containers, Images, Selector | of the template, wide output only |
/// | `rc.selector` | Selector | of a ReplicationController, whose selector is a map |
/// | `deployment.selector` | Selector | of a deployment: empty rather than `<none>` for one that selects nothing |
/// | `deployment.ready`, `statefulset.ready` | Ready | `ready/wanted` |
/// | `daemonset.nodes` | Node Selector | of the template |
/// | `job.status`, `.completions`, `.duration` | Status, Completions, Duration | of a job |
/// | `cronjob.timezone`, `.suspend`, `.active`, `.last` | Timezone, Suspend, Active, Last Schedule | of a cron job |
/// | `cronjob.containers`, `.images`, `.selector` | Containers, Images, Selector | of the template of its jobs |
/// | `revision.controller` | Controller | `kind.group/name` of the owner that is the controller |
final class WorkloadCells {
    private WorkloadCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("workload.containers", (o, now) -> Cells.joined(containers(o), "name"));
        cells.put("workload.images", (o, now) -> Cells.joined(containers(o), "image"));
        cells.put("workload.selector", (o, now) -> selector(o.struct("spec").struct("selector")));
        cells.put("deployment.selector", (o, now) -> requirements(o.struct("spec").struct("selector")));
        cells.put("rc.selector", (o, now) -> Cells.labels(o.struct("spec").struct("selector")));
        cells.put("deployment.ready", (o, now) -> o.struct("status").whole("readyReplicas", 0) + "/"
                + o.struct("spec").whole("replicas", 0));
        cells.put("statefulset.ready", (o, now) -> o.struct("status").whole("readyReplicas", 0) + "/"
                + o.struct("spec").whole("replicas", 0));
        cells.put("daemonset.nodes",
                (o, now) -> Cells.labels(o.struct("spec").struct("template").struct("spec").struct("nodeSelector")));
        cells.put("job.status", (o, now) -> jobStatus(o));
        cells.put("job.completions", (o, now) -> completions(o));
        cells.put("job.duration", WorkloadCells::duration);
        cells.put("cronjob.timezone", (o, now) -> Cells.orNone(o.struct("spec").text("timeZone")));
        cells.put("cronjob.suspend", (o, now) -> suspended(o));
        cells.put("cronjob.active", (o, now) -> (long) o.struct("status").seq("active").size());
        cells.put("cronjob.last", (o, now) -> o.struct("status").text("lastScheduleTime").isEmpty() ? Cells.NONE
                : Ages.since(o.struct("status").text("lastScheduleTime"), now));
        cells.put("cronjob.containers", (o, now) -> Cells.joined(containers(o.struct("spec").struct("jobTemplate")),
                "name"));
        cells.put("cronjob.images", (o, now) -> Cells.joined(containers(o.struct("spec").struct("jobTemplate")),
                "image"));
        cells.put("cronjob.selector", (o, now) -> selector(o.struct("spec").struct("jobTemplate").struct("spec")
                .struct("selector")));
        cells.put("revision.controller", (o, now) -> controller(o));
    }

    /// `True`, `False` or `<unset>` as text, although the column is declared a boolean: upstream's `printBoolPtr`.
    private static Object suspended(Struct o) {
        return o.struct("spec").has("suspend") ? capital(o.struct("spec").flag("suspend")) : "<unset>";
    }

    private static String capital(boolean value) {
        return value ? "True" : "False";
    }

    private static Seq containers(Struct workload) {
        return workload.struct("spec").struct("template").struct("spec").seq("containers");
    }

    /// A selector as `kubectl get -o wide` shows it: `a=b,c in (x,y)`; `<none>` for an empty one.
    static String selector(Struct selector) {
        return Cells.orNone(requirements(selector));
    }

    /// Labels and expressions together, sorted by their keys; values are sorted, too.
    private static String requirements(Struct selector) {
        List<Map.Entry<String, String>> parts = new ArrayList<>();
        selector.struct("matchLabels").texts().forEach((k, v) -> parts.add(Map.entry(k, k + "=" + v)));
        for (Struct e : selector.seq("matchExpressions").structs()) {
            String key = e.text("key");
            String values = String.join(",", e.seq("values").texts().stream().sorted().toList());
            parts.add(Map.entry(key, switch (e.text("operator")) {
                case "In" -> key + " in (" + values + ")";
                case "NotIn" -> key + " notin (" + values + ")";
                case "Exists" -> key;
                default -> "!" + key;
            }));
        }
        return String.join(",", parts.stream().sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue).toList());
    }

    /// The first that holds: the end, then what prevents it, then what leads to it. `FailureTarget` and
    /// `SuccessCriteriaMet` say that the end is decided while pods are still being stopped.
    private static String jobStatus(Struct job) {
        Seq conditions = job.struct("status").seq("conditions");
        if (holds(conditions, "Complete")) {
            return "Complete";
        }
        if (holds(conditions, "Failed")) {
            return "Failed";
        }
        if (!job.struct("metadata").text("deletionTimestamp").isEmpty()) {
            return "Terminating";
        }
        if (holds(conditions, "Suspended")) {
            return "Suspended";
        }
        if (holds(conditions, "FailureTarget")) {
            return "FailureTarget";
        }
        return holds(conditions, "SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
    }

    private static boolean holds(Seq conditions, String type) {
        return conditions.find("type", type).text("status").equals("True");
    }

    /// A job without a number of completions is a work queue: it is done when one of its parallel pods ends well.
    private static String completions(Struct job) {
        Struct spec = job.struct("spec");
        long done = job.struct("status").whole("succeeded", 0);
        if (spec.has("completions")) {
            return done + "/" + spec.whole("completions", 0);
        }
        long parallel = spec.whole("parallelism", 0);
        return parallel > 1 ? done + "/1 of " + parallel : done + "/1";
    }

    /// Until now for a job that runs; empty for one that has not started, as a suspended one.
    private static String duration(Struct job, Instant now) {
        String start = job.struct("status").text("startTime");
        String end = job.struct("status").text("completionTime");
        if (start.isEmpty()) {
            return "";
        }
        return end.isEmpty() ? Ages.since(start, now) : Ages.between(start, end);
    }

    /// At most one owner is the controller. The group follows the kind, so that two kinds of one name are told apart.
    private static String controller(Struct revision) {
        for (Struct owner : revision.struct("metadata").seq("ownerReferences").structs()) {
            if (owner.flag("controller")) {
                String version = owner.text("apiVersion");
                int slash = version.indexOf('/');
                String group = slash < 0 ? "" : "." + version.substring(0, slash);
                return owner.text("kind").toLowerCase(Locale.ROOT) + group + "/" + owner.text("name");
            }
        }
        return Cells.NONE;
    }
}
