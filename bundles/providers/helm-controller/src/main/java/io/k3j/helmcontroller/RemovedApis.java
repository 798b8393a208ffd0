package io.k3j.helmcontroller;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Versions of kinds that Kubernetes does not serve any more, and what has taken their place. Helm looks up each kind
/// of the revision before when it upgrades or uninstalls, and fails where one is gone; klipper-helm has
/// `helm mapkubeapis` for that, whose table this is, with the removals of
/// <https://kubernetes.io/docs/reference/using-api/deprecation-guide/> that it lacks. Pure.
final class RemovedApis {
    /// What was, the kinds, what is: nothing has taken the place of `-`.
    private static final String TABLE = """
            extensions/v1beta1 Deployment,DaemonSet,ReplicaSet apps/v1
            apps/v1beta1 Deployment,StatefulSet,ReplicaSet,ControllerRevision apps/v1
            apps/v1beta2 Deployment,StatefulSet,DaemonSet,ReplicaSet,ControllerRevision apps/v1
            extensions/v1beta1 NetworkPolicy,Ingress networking.k8s.io/v1
            networking.k8s.io/v1beta1 Ingress,IngressClass networking.k8s.io/v1
            extensions/v1beta1 PodSecurityPolicy -
            policy/v1beta1 PodSecurityPolicy -
            policy/v1beta1 PodDisruptionBudget policy/v1
            admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration,ValidatingWebhookConfiguration \
            admissionregistration.k8s.io/v1
            apiextensions.k8s.io/v1beta1 CustomResourceDefinition apiextensions.k8s.io/v1
            apiregistration.k8s.io/v1beta1 APIService apiregistration.k8s.io/v1
            authentication.k8s.io/v1beta1 TokenReview authentication.k8s.io/v1
            authorization.k8s.io/v1beta1 LocalSubjectAccessReview,SelfSubjectAccessReview,SubjectAccessReview \
            authorization.k8s.io/v1
            autoscaling/v2beta1 HorizontalPodAutoscaler autoscaling/v2
            autoscaling/v2beta2 HorizontalPodAutoscaler autoscaling/v2
            batch/v1beta1 CronJob batch/v1
            batch/v2alpha1 CronJob batch/v1
            certificates.k8s.io/v1beta1 CertificateSigningRequest certificates.k8s.io/v1
            coordination.k8s.io/v1beta1 Lease coordination.k8s.io/v1
            discovery.k8s.io/v1beta1 EndpointSlice discovery.k8s.io/v1
            node.k8s.io/v1beta1 RuntimeClass node.k8s.io/v1
            rbac.authorization.k8s.io/v1alpha1 ClusterRole,ClusterRoleBinding,Role,RoleBinding \
            rbac.authorization.k8s.io/v1
            rbac.authorization.k8s.io/v1beta1 ClusterRole,ClusterRoleBinding,Role,RoleBinding \
            rbac.authorization.k8s.io/v1
            scheduling.k8s.io/v1beta1 PriorityClass scheduling.k8s.io/v1
            storage.k8s.io/v1beta1 CSIDriver,CSINode,StorageClass,VolumeAttachment,CSIStorageCapacity storage.k8s.io/v1
            flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema,PriorityLevelConfiguration flowcontrol.apiserver.k8s.io/v1
            flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema,PriorityLevelConfiguration flowcontrol.apiserver.k8s.io/v1
            flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema,PriorityLevelConfiguration flowcontrol.apiserver.k8s.io/v1
            """;
    private static final String GONE = "-";
    private static final String LIST = "List";
    private static final Map<String, String> SUCCESSORS = successors();

    private RemovedApis() {
    }

    private static Map<String, String> successors() {
        Map<String, String> all = new LinkedHashMap<>();
        TABLE.lines().map(line -> line.split(" ")).forEach(words -> {
            for (String kind : words[1].split(",")) {
                all.put(words[0] + " " + kind, words[2]);
            }
        });
        return Map.copyOf(all);
    }

    /// A manifest of several documents with what is served now; the same text where nothing has to change. Objects of
    /// which nothing is left are left out.
    static String mapped(String manifest) {
        List<String> lines = new ArrayList<>();
        List<String> document = new ArrayList<>();
        boolean changed = false;
        for (String line : manifest.split("\n", -1)) {
            if (line.startsWith("---")) {
                changed |= take(document, lines);
            }
            document.add(line);
        }
        changed |= take(document, lines);
        return changed ? String.join("\n", lines) : manifest;
    }

    /// Adds a document to the lines and empties it.
    ///
    /// @return whether it was changed
    private static boolean take(List<String> document, List<String> lines) {
        int version = find(document, "apiVersion:");
        int kind = find(document, "kind:");
        String successor = version < 0 || kind < 0
                ? ""
                : successor(value(document.get(version)), value(document.get(kind)));
        if (!successor.isEmpty() && !successor.equals(GONE)) {
            document.set(version, "apiVersion: " + successor);
        }
        if (!successor.equals(GONE)) {
            lines.addAll(document);
        }
        document.clear();
        return !successor.isEmpty();
    }

    private static String successor(String version, String kind) {
        String one = kind.endsWith(LIST) ? kind.substring(0, kind.length() - LIST.length()) : kind;
        return SUCCESSORS.getOrDefault(version + " " + one, "");
    }

    /// The line of a field of the object itself, -1 without one.
    private static int find(List<String> document, String field) {
        for (int i = 0; i < document.size(); i++) {
            if (document.get(i).startsWith(field)) {
                return i;
            }
        }
        return -1;
    }

    private static String value(String line) {
        String text = line.substring(line.indexOf(':') + 1);
        int comment = text.indexOf(" #");
        text = (comment < 0 ? text : text.substring(0, comment)).strip();
        boolean quoted = text.length() > 1 && (text.startsWith("\"") || text.startsWith("'"));
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
