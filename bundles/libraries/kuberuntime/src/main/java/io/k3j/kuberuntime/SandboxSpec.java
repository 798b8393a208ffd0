package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A pod as CRI's `PodSandboxConfig`; pure. Any thread. See
/// <https://github.com/kubernetes/cri-api/blob/master/pkg/apis/runtime/v1/api.proto>.
///
/// Field names are those of CRI in camel case. The same pod and parts make the same tree: the runtime gets it with the
/// sandbox and again with each container of it.
public final class SandboxSpec {
    private SandboxSpec() {
    }

    /// What a sandbox's configuration is made of, beside the pod.
    ///
    /// @param attempt how many there were before
    /// @param domain the cluster's, as `cluster.local`
    /// @param logs directory of the pod's logs
    /// @param dns what the sandbox's `resolv.conf` says
    /// @param cgroupParent as CRI has it
    public record Parts(int attempt, String domain, Path logs, Dns dns, String cgroupParent) {
    }

    /// Everything but what the runtime itself decides. The annotations are the pod's, which runtimes read for settings
    /// of their own. On the node's network the hostname is the node's and none is said.
    public static Struct of(Obj pod, Parts parts) {
        Struct.Builder b = Struct.builder();
        b.put("metadata", Struct.of("name", pod.name(), "uid", pod.uid(), "namespace", pod.namespace(), "attempt",
                parts.attempt()));
        if (!PodSpecs.hostNetwork(pod)) {
            b.put("hostname", HostsFile.kernelName(pod, parts.domain()));
        }
        b.put("logDirectory", parts.logs().toString());
        b.put("dnsConfig", parts.dns().cri());
        b.putUnlessEmpty("portMappings", ports(pod));
        b.put("labels", Labels.sandbox(pod));
        b.putUnlessEmpty("annotations", pod.annotations());
        b.put("linux", linux(pod, parts.cgroupParent()));
        return b.build();
    }

    /// Ports of the host only: all others need nobody's help. On the node's network the container has them itself.
    private static Seq ports(Obj pod) {
        List<Struct> all = new ArrayList<>();
        if (PodSpecs.hostNetwork(pod)) {
            return Seq.EMPTY;
        }
        for (Struct c : PodSpecs.all(pod)) {
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
                .forEach(s -> sysctls.put(PodSpecs.sysctl(s), s.text("value")));
        return Struct.builder().put("cgroupParent", cgroupParent).put("securityContext", Security.sandbox(pod))
                .putUnlessEmpty("sysctls", sysctls).build();
    }
}
