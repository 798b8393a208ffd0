package io.k3j.workloadrules;

import io.k3j.kindrules.Fill;
import io.k3j.model.Struct;
import java.util.List;

/// Defaults of pods and pod templates; see
/// <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/>. Pure.
final class PodDefaults {
    private static final List<String> CONTAINERS = List.of("initContainers", "containers", "ephemeralContainers");
    private static final List<String> PROBES = List.of("livenessProbe", "readinessProbe", "startupProbe");

    private PodDefaults() {
    }

    /// Defaults a pod: those of a template and those only pods have.
    static Struct pod(Struct pod) {
        return Fill.inside(pod, "spec", s -> podOnly(spec(s)));
    }

    private static Struct podOnly(Struct spec) {
        Struct s = Fill.in(spec, "enableServiceLinks", true);
        for (String list : List.of("initContainers", "containers")) {
            s = Fill.each(s, list, PodDefaults::requests);
            s = s.flag("hostNetwork") ? Fill.each(s, list, PodDefaults::hostPorts) : s;
        }
        return PodLevelDefaults.of(s);
    }

    /// Defaults a pod template at `spec.template`.
    static Struct template(Struct template) {
        return template.has("spec") ? Fill.inside(template, "spec", PodDefaults::spec) : template;
    }

    /// Defaults the spec of a pod or template.
    static Struct spec(Struct spec) {
        Struct s = Fill.in(spec, "restartPolicy", "Always", "terminationGracePeriodSeconds", 30L);
        s = Fill.in(s, "dnsPolicy", "ClusterFirst", "securityContext", Struct.EMPTY);
        s = account(Fill.in(s, "schedulerName", "default-scheduler"));
        for (String list : CONTAINERS) {
            s = Fill.each(s, list, PodDefaults::container);
        }
        return Fill.each(s, "volumes", VolumeDefaults::volume);
    }

    /// Keeps the deprecated `serviceAccount` equal to `serviceAccountName`.
    private static Struct account(Struct spec) {
        String name = spec.text("serviceAccountName", spec.text("serviceAccount"));
        String wanted = name.isEmpty() ? spec.text("serviceAccount") : name;
        return wanted.isEmpty() ? spec : spec.with("serviceAccountName", wanted).with("serviceAccount", wanted);
    }

    private static Struct container(Struct container) {
        Struct c = Fill.in(container, "imagePullPolicy", pullPolicy(container.text("image")));
        c = Fill.in(c, "terminationMessagePath", "/dev/termination-log", "terminationMessagePolicy", "File");
        c = Fill.in(c, "resources", Struct.EMPTY);
        c = Fill.each(c, "ports", p -> Fill.in(p, "protocol", "TCP"));
        c = Fill.each(c, "env", e -> Fill.inside(e, "valueFrom", v -> Fill.inside(Fill.inside(v, "fieldRef",
                f -> Fill.in(f, "apiVersion", "v1")), "fileKeyRef", f -> Fill.in(f, "optional", false))));
        for (String probe : PROBES) {
            c = Fill.inside(c, probe, PodDefaults::probe);
        }
        return Fill.inside(c, "lifecycle", l -> Fill.inside(Fill.inside(l, "postStart", PodDefaults::handler),
                "preStop", PodDefaults::handler));
    }

    /// The default pull policy: `Always` for images without a tag or with `latest`, else `IfNotPresent`.
    static String pullPolicy(String image) {
        if (image.indexOf('@') >= 0) {
            int colon = image.substring(0, image.indexOf('@')).lastIndexOf(':');
            return image.substring(0, image.indexOf('@')).endsWith(":latest") && colon > 0 ? "Always" : "IfNotPresent";
        }
        int colon = image.lastIndexOf(':');
        boolean tagged = colon > image.lastIndexOf('/');
        return !tagged || image.endsWith(":latest") ? "Always" : "IfNotPresent";
    }

    private static Struct probe(Struct probe) {
        Struct p = handler(probe);
        p = Fill.in(p, "timeoutSeconds", 1L, "periodSeconds", 10L);
        p = Fill.in(p, "successThreshold", 1L, "failureThreshold", 3L);
        p = zeroed(zeroed(p, "timeoutSeconds", 1), "periodSeconds", 10);
        p = zeroed(zeroed(p, "successThreshold", 1), "failureThreshold", 3);
        return Fill.inside(p, "grpc", g -> g.has("service") ? g : g.with("service", ""));
    }

    /// Replaces zero, which means unset in fields that Go does not hold by pointer.
    private static Struct zeroed(Struct of, String field, long otherwise) {
        return of.whole(field, otherwise) == 0 ? of.with(field, otherwise) : of;
    }

    private static Struct handler(Struct handler) {
        return Fill.inside(handler, "httpGet", h -> Fill.in(h, "path", "/", "scheme", "HTTP"));
    }

    private static Struct requests(Struct container) {
        return Fill.inside(container, "resources", PodDefaults::fromLimits);
    }

    /// Sets requests from limits where a request is missing.
    private static Struct fromLimits(Struct resources) {
        Struct limits = resources.struct("limits");
        Struct requests = resources.struct("requests");
        Struct.Builder all = requests.toBuilder();
        limits.forEach((name, amount) -> {
            if (!requests.has(name)) {
                all.put(name, amount);
            }
        });
        return limits.isEmpty() ? resources : resources.with("requests", all.build());
    }

    private static Struct hostPorts(Struct container) {
        return Fill.each(container, "ports",
                p -> p.whole("hostPort", 0) == 0 ? p.with("hostPort", p.whole("containerPort", 0)) : p);
    }
}
