package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;

/// A pod's `/etc/hosts`, and the names its processes see; pure. Any thread. The kubelet mounts it over the image's own
/// file, for every container that has no mount at `/etc/hosts` itself. See
/// <https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/>.
public final class HostsFile {
    private HostsFile() {
    }

    /// The text for a pod. It is written anew when a container starts, so whoever edits it in a container loses that.
    ///
    /// @param addresses of the pod; each gets a line with the pod's name
    /// @param domain the cluster's, as `cluster.local`
    /// @param host text of the host's own file, for pods on its network
    public static String text(Obj pod, List<String> addresses, String domain, String host) {
        StringBuilder b = new StringBuilder(256);
        if (PodSpecs.hostNetwork(pod)) {
            b.append("# Kubernetes-managed hosts file (host network).\n").append(host);
            if (!host.endsWith("\n")) {
                b.append('\n');
            }
        } else {
            b.append("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n")
                    .append("::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n")
                    .append("fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
            String name = hostname(pod);
            String subdomain = subdomain(pod);
            String names = subdomain.isEmpty() ? name
                    : name + "." + subdomain + "." + pod.namespace() + ".svc." + domain + "\t" + name;
            addresses.forEach(a -> b.append(a).append('\t').append(names).append('\n'));
        }
        List<Struct> aliases = pod.spec().seq("hostAliases").structs();
        if (!aliases.isEmpty()) {
            b.append("\n# Entries added by HostAliases.\n");
            aliases.forEach(a -> b.append(a.text("ip")).append('\t')
                    .append(String.join("\t", a.seq("hostnames").texts())).append('\n'));
        }
        return b.toString();
    }

    /// The name a pod's processes see: `hostnameOverride`, `hostname` or the pod's own, cut at 63 characters. A label
    /// of DNS has no more (RFC 1123), and none ends with a dash or a dot.
    static String hostname(Obj pod) {
        String override = pod.spec().text("hostnameOverride");
        if (!override.isEmpty()) {
            return override;
        }
        String name = pod.spec().text("hostname", pod.name());
        String cut = name.length() > 63 ? name.substring(0, 63) : name;
        while (cut.endsWith("-") || cut.endsWith(".")) {
            cut = cut.substring(0, cut.length() - 1);
        }
        return cut;
    }

    /// A pod with `hostnameOverride` has that name and no other.
    private static String subdomain(Obj pod) {
        return pod.spec().text("hostnameOverride").isEmpty() ? pod.spec().text("subdomain") : "";
    }

    /// The hostname in the kernel: the full one with `setHostnameAsFQDN`.
    /// @return the short name where the pod has no subdomain, for then it has no FQDN
    static String kernelName(Obj pod, String domain) {
        String name = hostname(pod);
        String subdomain = subdomain(pod);
        return pod.spec().flag("setHostnameAsFQDN") && !subdomain.isEmpty()
                ? name + "." + subdomain + "." + pod.namespace() + ".svc." + domain : name;
    }
}
