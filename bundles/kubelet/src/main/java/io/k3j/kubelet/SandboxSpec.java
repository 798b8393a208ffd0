package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A pod as CRI's `PodSandboxConfig`; pure.
final class SandboxSpec {
    private SandboxSpec() {
    }

    static Struct of(Obj pod, int attempt, Options options, Dns dns, String cgroupParent) {
        Struct.Builder b = Struct.builder();
        b.put("metadata", Struct.of("name", pod.name(), "uid", pod.uid(), "namespace", pod.namespace(), "attempt",
                attempt));
        if (!Pods.hostNetwork(pod)) {
            b.put("hostname", HostsFile.kernelName(pod, options.clusterDomain()));
        }
        b.put("logDirectory", options.podLogs(pod.namespace(), pod.name(), pod.uid()).toString());
        b.put("dnsConfig", dns.cri());
        b.putUnlessEmpty("portMappings", ports(pod));
        b.put("labels", Labels.sandbox(pod));
        b.putUnlessEmpty("annotations", pod.annotations());
        b.put("linux", linux(pod, cgroupParent));
        return b.build();
    }

    private static Seq ports(Obj pod) {
        List<Struct> all = new ArrayList<>();
        if (Pods.hostNetwork(pod)) {
            return Seq.EMPTY;
        }
        for (Struct c : Pods.all(pod)) {
            for (Struct p : c.seq("ports").structs()) {
                if (p.whole("hostPort", 0) > 0) {
                    all.add(Struct.builder().put("protocol", p.text("protocol", "TCP").toUpperCase(Locale.ROOT))
                            .put("containerPort", p.whole("containerPort", 0)).put("hostPort", p.whole("hostPort", 0))
                            .putUnlessEmpty("hostIp", p.text("hostIP")).build());
                }
            }
        }
        return Seq.copyOf(all);
    }

    private static Struct linux(Obj pod, String cgroupParent) {
        Map<String, String> sysctls = new TreeMap<>();
        pod.spec().struct("securityContext").seq("sysctls").structs()
                .forEach(s -> sysctls.put(Admission.name(s), s.text("value")));
        return Struct.builder().put("cgroupParent", cgroupParent).put("securityContext", Security.sandbox(pod))
                .putUnlessEmpty("sysctls", sysctls).build();
    }
}
