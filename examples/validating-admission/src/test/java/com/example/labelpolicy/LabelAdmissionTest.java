package com.example.labelpolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.AdmissionContract;
import io.k3j.testkit.SampleWrites;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Keeps what every admission plug-in promises, and what a `LabelPolicy` says.
class LabelAdmissionTest extends AdmissionContract {
    private static final Gvr MAPS = new Gvr("", "v1", "configmaps");
    private final List<Obj> policies = new ArrayList<>(List.of(policy("Deny")));
    private final Admission plugin = new LabelAdmission(() -> policies);

    private static Obj policy(String action) {
        return Obj.of(Struct.of("apiVersion", "policy.example.com/v1", "kind", "LabelPolicy", "metadata",
                Struct.of("name", "owned"), "spec", Struct.of("resources", List.of("configmaps"), "labels",
                        List.of("team"), "exemptNamespaces", List.of("kube-system"), "action", action)));
    }

    private static Struct map(String namespace, Struct labels) {
        return Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", "m", "namespace", namespace, "labels", labels));
    }

    @Override
    protected Admission plugin() {
        return plugin;
    }

    @Override
    protected Sample passed() {
        return Sample.created(MAPS, map("default", Struct.of("team", "blue")));
    }

    @Override
    protected Optional<Sample> refused() {
        return Optional.of(Sample.created(MAPS, map("default", Struct.EMPTY)));
    }

    @Test
    void saysWhichLabelIsMissing() {
        Struct bare = map("default", Struct.EMPTY);
        assertThatThrownBy(() -> plugin.validate(SampleWrites.creates(MAPS, bare), bare)).isInstanceOf(ApiFault.class)
                .hasMessage("configmaps \"m\" is forbidden: policy owned demands the labels team");
    }

    @Test
    void warnsWhereAPolicySaysSo() {
        policies.set(0, policy("Warn"));
        Struct bare = map("default", Struct.EMPTY);
        Write write = SampleWrites.creates(MAPS, bare);
        plugin.validate(write, bare);
        assertThat(plugin.warnings(write, bare)).containsExactly("policy owned demands the labels team");
    }

    @Test
    void hasNoSayInWhatNoPolicyNames() {
        Struct exempt = map("kube-system", Struct.EMPTY);
        assertThat(plugin.handles(SampleWrites.creates(MAPS, exempt))).isFalse();
        assertThat(plugin.handles(SampleWrites.creates(new Gvr("apps", "v1", "deployments"), map("default",
                Struct.EMPTY)))).isFalse();
        assertThat(plugin.handles(SampleWrites.deletes(MAPS, map("default", Struct.EMPTY)))).isFalse();
    }
}
