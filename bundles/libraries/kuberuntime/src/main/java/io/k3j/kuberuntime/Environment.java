package io.k3j.kuberuntime;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// The environment of a container, in upstream's order: services, `envFrom`, `env`. See
/// <https://kubernetes.io/docs/tasks/inject-data-application/>. Any thread; blocks while objects are read.
///
/// Nothing is remembered: each call reads the objects again, so a container that starts sees what they say now and
/// keeps it until it ends.
public final class Environment {
    private final ReferencedObjects references;
    private final Node node;

    /// What of the node enters environments.
    ///
    /// @param name of the node
    /// @param addresses of the node
    /// @param milliCpu it can give; thousandths of a core, what `limits.cpu` means where a container has no limit
    /// @param memory bytes it can give; what `limits.memory` means where a container has no limit
    /// @param disk asked each time for the bytes it can give; what `limits.ephemeral-storage` means likewise
    public record Node(String name, List<String> addresses, long milliCpu, long memory, LongSupplier disk) {
    }

    /// What of a pod's surroundings enters environments.
    ///
    /// @param addresses of the pod; as far as they are known
    /// @param services of all namespaces; those of the pod's own namespace count, and `default/kubernetes`
    /// @param files of the pod's volumes
    public record Place(List<String> addresses, Collection<Obj> services, VolumeFiles files) {
    }

    /// Reads files of a pod's volumes.
    public interface VolumeFiles {
        /// The text of a file.
        /// @param volume its name in the pod
        /// @param path relative to the volume
        /// @throws java.nio.file.NoSuchFileException when there is none
        /// @throws IOException when it cannot be read, or is too large
        /// @throws ConfigError when the pod has no such volume
        String read(String volume, String path) throws IOException;
    }

    /// @param references where ConfigMaps and Secrets are read
    /// @param node of this kubelet, fixed as long as it lives
    public Environment(ReferencedObjects references, Node node) {
        this.references = references;
        this.node = node;
    }

    /// All variables, expanded. A variable may refer to those before it, to `envFrom` and to the services'; it wins
    /// over them by its name. Services are told last and take nobody's place.
    ///
    /// @return in the order in which the pod says them, services at the end
    /// @throws ConfigError when something needed is missing, or a program cannot be given as much
    public Map<String, String> of(Obj pod, Struct container, Place place) {
        Map<String, String> links = links(pod, place.services());
        Variables all = new Variables();
        container.seq("envFrom").structs().forEach(f -> from(pod, f, all));
        Map<String, String> lookup = new TreeMap<>(links);
        lookup.putAll(all.all());
        Seq variables = container.seq("env");
        FileKeys keys = new FileKeys(place.files(), variables);
        for (Struct e : variables.structs()) {
            String name = e.text("name");
            Optional<String> value = e.has("valueFrom")
                    ? valueFrom(pod, container, e.struct("valueFrom"), place.addresses(), keys)
                    : Optional.of(Variables.expanded(name, e.text("value"), lookup));
            value.ifPresent(v -> {
                all.put(name, v);
                lookup.put(name, v);
            });
        }
        links.forEach(all::putIfAbsent);
        return all.all();
    }

    /// Keys of `binaryData` are no text and are left out. A key that is no name of a variable is passed on as it is.
    private void from(Obj pod, Struct source, Variables into) {
        String prefix = source.text("prefix");
        boolean secret = source.has("secretRef");
        Struct ref = secret ? source.struct("secretRef") : source.struct("configMapRef");
        Gvr resource = secret ? ReferencedObjects.SECRETS : ReferencedObjects.CONFIG_MAPS;
        references.need(resource, pod.namespace(), ref.text("name"), ref.flag("optional"))
                .ifPresent(o -> o.tree().struct("data").texts().forEach((k, v) -> into.put(prefix + k,
                        secret ? new String(Base64.getDecoder().decode(v), StandardCharsets.UTF_8) : v)));
    }

    /// @return empty when an optional key is missing: then the variable is not set at all
    /// @throws ConfigError when a key that is not optional is missing
    private Optional<String> valueFrom(Obj pod, Struct container, Struct from, List<String> addresses, FileKeys keys) {
        if (from.has("fieldRef")) {
            return Optional.of(field(pod, from.struct("fieldRef").text("fieldPath"), addresses));
        }
        if (from.has("fileKeyRef")) {
            return keys.value(from.struct("fileKeyRef"));
        }
        if (from.has("resourceFieldRef")) {
            Struct ref = from.struct("resourceFieldRef");
            String of = ref.text("containerName");
            return Optional.of(amount(pod, of.isEmpty() ? container : PodSpecs.container(pod, of), ref));
        }
        boolean secret = from.has("secretKeyRef");
        Struct ref = secret ? from.struct("secretKeyRef") : from.struct("configMapKeyRef");
        Gvr resource = secret ? ReferencedObjects.SECRETS : ReferencedObjects.CONFIG_MAPS;
        boolean optional = ref.flag("optional");
        Optional<String> value = references.need(resource, pod.namespace(), ref.text("name"), optional)
                .map(o -> o.tree().struct("data").get(ref.text("key")) instanceof String s ? s : null);
        if (value.isEmpty() && !optional) {
            throw ConfigError.config("couldn't find key " + ref.text("key") + " in "
                    + (secret ? "Secret " : "ConfigMap ") + pod.namespace() + "/" + ref.text("name"));
        }
        return value.map(v -> secret ? new String(Base64.getDecoder().decode(v), StandardCharsets.UTF_8) : v);
    }

    /// A field of a pod as text, as `fieldRef` names it. `metadata.labels['key']` and `metadata.annotations['key']` are
    /// empty for a key that is missing, as upstream has it.
    /// @param path as validation allows it, see <https://kubernetes.io/docs/concepts/workloads/pods/downward-api/>
    /// @param addresses of the pod, empty before its sandbox has any
    /// @throws ConfigError when there is no such field
    public String field(Obj pod, String path, List<String> addresses) {
        int quote = path.indexOf("['");
        if (quote > 0 && quote + 2 <= path.length() - 2 && path.endsWith("']")) {
            String key = path.substring(quote + 2, path.length() - 2);
            Map<String, String> map = path.startsWith("metadata.labels") ? pod.labels() : pod.annotations();
            return map.getOrDefault(key, "");
        }
        return switch (path) {
            case "metadata.name" -> pod.name();
            case "metadata.namespace" -> pod.namespace();
            case "metadata.uid" -> pod.uid();
            case "metadata.labels" -> lines(pod.labels());
            case "metadata.annotations" -> lines(pod.annotations());
            case "spec.nodeName", "spec.host" -> node.name;
            case "spec.serviceAccountName" -> pod.spec().text("serviceAccountName");
            case "status.hostIP" -> node.addresses.isEmpty() ? "" : node.addresses.getFirst();
            case "status.hostIPs" -> String.join(",", node.addresses);
            case "status.podIP" -> addresses.isEmpty() ? "" : addresses.getFirst();
            case "status.podIPs" -> String.join(",", addresses);
            default -> throw ConfigError.config("unsupported fieldPath: " + path);
        };
    }

    /// One line each, sorted, the value quoted: the form of a downward API file.
    private static String lines(Map<String, String> map) {
        StringBuilder b = new StringBuilder();
        new TreeMap<>(map).forEach((k, v) -> b.append(b.isEmpty() ? "" : "\n").append(k).append('=')
                .append('"').append(v.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")).append('"'));
        return b.toString();
    }

    /// A container's request or limit as text, as `resourceFieldRef` names it. Rounded up to a whole multiple of the
    /// divisor, as upstream does, so a tenth of a core with divisor 1 is 1. A container without a limit has its pod's,
    /// else what the node can give.
    /// @param container whose resources count; the empty struct has none
    /// @param ref with `resource` as `limits.cpu`, and `divisor`
    /// @return a whole number in decimal digits
    public String amount(Obj pod, Struct container, Struct ref) {
        String what = ref.text("resource");
        int dot = what.indexOf('.');
        String which = what.substring(0, Math.max(dot, 0));
        String name = what.substring(dot + 1);
        BigDecimal amount = given(container, which, name);
        if (which.equals("limits") && amount.signum() == 0) {
            BigDecimal ofPod = given(pod.spec(), which, name);
            amount = ofPod.signum() == 0 ? allocatable(name) : ofPod;
        }
        String divisor = ref.text("divisor", "1");
        BigDecimal by = divisor.equals("0") ? BigDecimal.ONE : Quantity.parse(divisor).amount();
        return amount.divide(by, 0, RoundingMode.CEILING).toPlainString();
    }

    private static BigDecimal given(Struct of, String which, String name) {
        Struct all = of.struct("resources").struct(which);
        return all.has(name) ? Quantity.of(all.get(name)).amount() : BigDecimal.ZERO;
    }

    /// What a container without a limit may have; of huge pages the node has none.
    private BigDecimal allocatable(String name) {
        return switch (name) {
            case "cpu" -> BigDecimal.valueOf(node.milliCpu, 3);
            case "memory" -> BigDecimal.valueOf(node.memory);
            case "ephemeral-storage" -> BigDecimal.valueOf(node.disk.getAsLong());
            default -> BigDecimal.ZERO;
        };
    }

    /// `enableServiceLinks: false` leaves out all but the API server's, which client libraries find by its variables. A
    /// headless service has no address and no variables.
    private static Map<String, String> links(Obj pod, Collection<Obj> services) {
        Variables all = new Variables();
        boolean wanted = pod.spec().flag("enableServiceLinks", true);
        for (Obj s : services) {
            boolean master = s.namespace().equals("default") && s.name().equals("kubernetes");
            String ip = s.spec().text("clusterIP");
            boolean own = s.namespace().equals(pod.namespace()) && wanted;
            if ((master || own) && !ip.isEmpty() && !ip.equals("None")) {
                link(all, s, ip);
            }
        }
        return new TreeMap<>(all.all());
    }

    /// Kubernetes' own variables and those that Docker's links had, see
    /// <https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>.
    private static void link(Variables all, Obj service, String ip) {
        String name = service.name().toUpperCase(Locale.ROOT).replace('-', '_');
        List<Struct> ports = service.spec().seq("ports").structs();
        String host = ip.contains(":") ? "[" + ip + "]" : ip;
        for (int i = 0; i < ports.size(); i++) {
            Struct p = ports.get(i);
            String number = Long.toString(p.whole("port", 0));
            String protocol = p.text("protocol", "TCP");
            String prefix = name + "_PORT_" + number + "_" + protocol.toUpperCase(Locale.ROOT);
            String url = protocol.toLowerCase(Locale.ROOT) + "://" + host + ":" + number;
            if (i == 0) {
                all.put(name + "_SERVICE_HOST", ip);
                all.put(name + "_SERVICE_PORT", number);
                all.put(name + "_PORT", url);
            }
            if (!p.text("name").isEmpty()) {
                all.put(name + "_SERVICE_PORT_" + p.text("name").toUpperCase(Locale.ROOT).replace('-', '_'), number);
            }
            all.put(prefix, url);
            all.put(prefix + "_PROTO", protocol.toLowerCase(Locale.ROOT));
            all.put(prefix + "_PORT", number);
            all.put(prefix + "_ADDR", ip);
        }
    }
}
