package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AppArmorAnnotationsTest {
    private static final String PREFIX = "container.apparmor.security.beta.kubernetes.io/";
    private static final String OLD = "metadata.annotations[" + PREFIX
            + "c]: deprecated since v1.30; use the \"appArmorProfile\" field instead";
    private final List<String> warnings = new ArrayList<>();

    /// What the server lends to a write, of which only warnings are wanted.
    private final class Recorder implements Write.Context {
        @Override
        public long revision() {
            return 0;
        }

        @Override
        public List<ResourceKind> equivalents() {
            return List.of();
        }

        @Override
        public Struct converted(Struct object, ResourceKind to) {
            return object;
        }

        @Override
        public Struct accepted(Struct document, ResourceKind as) {
            return document;
        }

        @Override
        public void warn(String text) {
            warnings.add(text);
        }

        @Override
        public int round() {
            return 0;
        }

        @Override
        public void reinvoke() {
            // nobody is asked again
        }

        @Override
        public Map<Object, Object> notes() {
            return new HashMap<>();
        }
    }

    /// The profile of the one container of a new pod, as it is stored.
    private Struct profile(String annotation, String spec, String own) {
        Struct pod = Kit.yaml("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: d, annotations: {%sc: "%s"}}
                spec: {%s containers: [{name: c, securityContext: {%s}}]}
                """.formatted(PREFIX, annotation, spec, own));
        Kit kit = new Kit();
        Write w = kit.write(Operation.CREATE, pod, Optional.empty(), "");
        Write write = new Write(w.operation(), w.kind(), w.subresource(), w.key(), w.before(), w.caller(), w.dryRun(),
                w.options(), new Recorder());
        Struct stored = kit.hooks(pod).prepared(write, pod);
        assertThat(kit.hooks(pod).prepared(w, stored)).isEqualTo(stored);
        return stored.struct("spec").seq("containers").struct(0).struct("securityContext").struct("appArmorProfile");
    }

    @Test
    void anAnnotationBecomesAField() {
        assertThat(profile("unconfined", "", "")).isEqualTo(Struct.of("type", "Unconfined"));
        assertThat(profile("localhost/x", "", "")).isEqualTo(Struct.of("type", "Localhost", "localhostProfile", "x"));
        assertThat(warnings).containsExactly(OLD, OLD);
    }

    @Test
    void oneThatNamesNoProfileIsOnlyWarnedOf() {
        assertThat(profile("localhost/", "", "")).isEqualTo(Struct.EMPTY);
        assertThat(profile("localhost/ x", "", "")).isEqualTo(Struct.EMPTY);
        assertThat(warnings).containsExactly(OLD, OLD);
    }

    @Test
    void oneThatSaysWhatAFieldSaysIsLeftAlone() {
        String field = "appArmorProfile: {type: RuntimeDefault}";
        assertThat(profile("unconfined", "", field)).isEqualTo(Struct.of("type", "RuntimeDefault"));
        assertThat(profile("runtime/default", "securityContext: {" + field + "},", "")).isEqualTo(Struct.EMPTY);
        assertThat(profile("unconfined", "os: {name: windows},", "")).isEqualTo(Struct.EMPTY);
        assertThat(warnings).isEmpty();
    }
}
