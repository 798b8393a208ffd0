package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Write;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A body of 3 MB may have 150 000 elements: validation must not compare each with all others.
class LongListsTest {
    private static final int MANY = 150_000;
    /// The limit on CPU time: what is quadratic takes minutes. Beside other work on its processor the same takes twice
    /// as long, in CPU time as well.
    private static final Duration LIMIT = Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 3 : 15);
    private static final String POD = "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default}, "
            + "spec: {containers: [{name: c, image: i}]}}";
    private static final String SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: default}, "
            + "spec: {selector: {a: b}}}";
    private final Kit kit = new Kit();

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {"spec.containers | {name: c%d, image: i}",
            "spec.initContainers | {name: c%d, image: i}", "spec.ephemeralContainers | {name: c%d, image: i}",
            "spec.volumes | {name: v%d, emptyDir: {}}", "spec.tolerations | {key: k%d, operator: Exists}",
            "spec.hostAliases | {ip: 10.0.0.1, hostnames: [h%d]}", "spec.imagePullSecrets | {name: s%d}",
            "spec.readinessGates | {conditionType: g%d}", "spec.schedulingGates | {name: g%d}",
            "spec.resourceClaims | {name: r%d, resourceClaimName: x}",
            "spec.topologySpreadConstraints | {maxSkew: 1, topologyKey: k%d, whenUnsatisfiable: DoNotSchedule}",
            "spec.securityContext.sysctls | {name: kernel.s%d, value: a}"})
    void ofAPod(String path, String element) {
        inTime(POD, path, element);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {"env | {name: E%d, value: a}", "ports | {name: p%d, containerPort: 1}",
            "volumeMounts | {name: v, mountPath: /m%d}", "volumeDevices | {name: v, devicePath: /m%d}",
            "envFrom | {configMapRef: {name: c%d}}"})
    void ofAContainer(String field, String element) {
        Struct pod = of(POD);
        Struct container = pod.struct("spec").seq("containers").struct(0).with(field, many(element));
        inTime(pod.withAt(Seq.of(container), "spec", "containers"), field);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {"spec.ports | {name: p%d, port: 1}"})
    void ofAService(String path, String element) {
        inTime(SERVICE, path, element);
    }

    @ParameterizedTest
    @CsvSource({"data,binaryData", "binaryData,data"})
    void ofMaps(String one, String other) {
        Struct.Builder keys = Struct.builder();
        for (int i = 0; i < MANY; i++) {
            keys.put("k" + i, "");
        }
        Struct.Builder others = Struct.builder();
        for (int i = MANY; i > 0; i--) {
            others.put("o" + i, "");
        }
        Struct map = of("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: default}}");
        inTime(map.with(one, keys.build()).with(other, others.build()), one);
    }

    @Test
    void anUpdateOfTolerations() {
        Struct pod = of(POD);
        Seq all = many("{key: k%d, operator: Exists}");
        Struct before = pod.withAt(all, "spec", "tolerations");
        Struct after = pod.withAt(Seq.copyOf(all.structs().reversed()), "spec", "tolerations");
        inTime(() -> kit.hooks(after).problems(
                kit.write(Write.Operation.UPDATE, after, Optional.of(before), ""), after), "tolerations");
    }

    /// Each container has huge pages of a size of its own, the pod as a whole of every size.
    @Test
    void amountsOfAPodAsAWhole() {
        Struct.Builder whole = Struct.builder().put("cpu", "1");
        List<Struct> containers = new ArrayList<>();
        for (int i = 1; i <= MANY / 5; i++) {
            whole.put("hugepages-" + i, "0");
            Struct pages = limited(Struct.of("cpu", "0", "hugepages-" + i, "0"));
            containers.add(Struct.of("name", "c" + i, "image", "i", "resources", pages));
        }
        Struct pod = of(POD).withAt(Seq.copyOf(containers), "spec", "containers");
        inTime(pod.withAt(limited(whole.build()), "spec", "resources"), "resources");
    }

    private static Struct limited(Struct amounts) {
        return Struct.of("limits", amounts, "requests", amounts);
    }

    @Test
    void manyBadLabels() {
        Struct.Builder labels = Struct.builder();
        for (int i = 0; i < MANY; i++) {
            labels.put("-" + i, "");
        }
        inTime(of(POD).withAt(labels.build(), "metadata", "labels"), "labels");
    }

    private void inTime(String object, String path, String element) {
        inTime(of(object).withAt(many(element), path.split("\\.")), path);
    }

    private void inTime(Struct object, String what) {
        inTime(() -> kit.createProblems(object), what);
    }

    private static void inTime(Runnable work, String what) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        work.run();
        Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - begin);
        assertThat(took).as(what).isLessThan(LIMIT);
    }

    private static Seq many(String element) {
        List<Struct> all = new ArrayList<>();
        Struct one = of(element);
        for (int i = 0; i < MANY; i++) {
            all.add(numbered(one, i));
        }
        return Seq.copyOf(all);
    }

    private static Struct numbered(Struct one, int i) {
        Struct numbered = one;
        for (String name : List.copyOf(one.names())) {
            if (one.get(name) instanceof String s && s.contains("%d")) {
                numbered = numbered.with(name, s.replace("%d", Integer.toString(i)));
            }
        }
        return numbered;
    }

    private static Struct of(String yaml) {
        return Yaml.document(yaml.getBytes(StandardCharsets.UTF_8)).object();
    }
}
