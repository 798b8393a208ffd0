package io.k3j.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaScopesTest {
    private static final Map<String, Struct> PODS = Map.of("plain", Struct.EMPTY, "deadline",
            Struct.of("activeDeadlineSeconds", 0L), "burstable",
            Struct.of("containers", Seq.of(Kit.container("c", Struct.of("cpu", "1"), Struct.EMPTY))), "whole",
            Struct.of("resources", Struct.of("limits", Struct.of("memory", "1Gi"))), "storage",
            Struct.of("containers", Seq.of(Kit.container("c", Struct.of("ephemeral-storage", "1"), Struct.EMPTY))),
            "high", Struct.of("priorityClassName", "high"), "affine",
            Struct.of("affinity", Struct.of("podAntiAffinity",
                    Struct.of("preferredDuringSchedulingIgnoredDuringExecution", Seq.of(Struct.of("podAffinityTerm",
                            Struct.of("namespaceSelector", Struct.EMPTY)))))),
            "near", Struct.of("affinity", Struct.of("podAffinity",
                    Struct.of("requiredDuringSchedulingIgnoredDuringExecution",
                            Seq.of(Struct.of("topologyKey", "zone"))))));

    @ParameterizedTest
    @CsvSource({"Terminating,Exists,'',deadline,true", "Terminating,Exists,'',plain,false",
            "NotTerminating,Exists,'',plain,true", "NotTerminating,Exists,'',deadline,false",
            "BestEffort,Exists,'',plain,true", "BestEffort,Exists,'',storage,true",
            "BestEffort,Exists,'',burstable,false", "NotBestEffort,Exists,'',whole,true",
            "PriorityClass,In,high,high,true", "PriorityClass,In,low,high,false", "PriorityClass,In,low,plain,false",
            "PriorityClass,NotIn,low,high,true", "PriorityClass,NotIn,high,high,false",
            "PriorityClass,NotIn,high,plain,true", "PriorityClass,Exists,'',high,true",
            "PriorityClass,Exists,'',plain,false", "PriorityClass,DoesNotExist,'',plain,true",
            "PriorityClass,DoesNotExist,'',high,false", "CrossNamespacePodAffinity,Exists,'',affine,true",
            "CrossNamespacePodAffinity,Exists,'',near,false", "VolumeAttributesClass,Exists,'',plain,false"})
    void podsAreInTheScopesOfUpstream(String scope, String operator, String value, String pod, boolean expected) {
        ScopeRequirement wanted = new ScopeRequirement(scope, operator, value.isEmpty() ? Set.of() : Set.of(value));
        assertThat(new PodEvaluator().inScope(wanted, Kit.pod(PODS.get(pod)))).isEqualTo(expected);
    }

    @Test
    void claimsAreInTheScopeOfEachClassOfAttributesTheyHaveToDoWith() {
        Struct claim = Struct.of("spec", Struct.of("volumeAttributesClassName", "new"), "status",
                Struct.of("currentVolumeAttributesClassName", "old"));
        assertThat(inClass("In", "old", claim)).isTrue();
        assertThat(inClass("In", "new", claim)).isTrue();
        assertThat(inClass("In", "other", claim)).isFalse();
        assertThat(inClass("In", "other", Struct.EMPTY)).isFalse();
        assertThat(inClass("NotIn", "other", Struct.EMPTY)).isTrue();
    }

    private static boolean inClass(String operator, String value, Struct claim) {
        return new ClaimEvaluator().inScope(new ScopeRequirement("VolumeAttributesClass", operator, Set.of(value)),
                claim);
    }

    @Test
    void scopesAndSelectorsHoldTogether() {
        Struct spec = Struct.of("scopes", Seq.of("NotTerminating"), "scopeSelector", Struct.of("matchExpressions",
                Seq.of(Struct.of("scopeName", "PriorityClass", "operator", "In", "values", Seq.of("high")))));
        Quota quota = new Quota(io.k3j.model.Obj.of(Struct.EMPTY), ResourceList.EMPTY, ResourceList.EMPTY,
                ScopeRequirement.of(spec));
        PodEvaluator pods = new PodEvaluator();
        assertThat(quota.covers(pods, Kit.pod(PODS.get("high")))).isTrue();
        assertThat(quota.covers(pods, Kit.pod(PODS.get("high").with("activeDeadlineSeconds", 1L)))).isFalse();
        assertThat(quota.covers(pods, Kit.pod(PODS.get("plain")))).isFalse();
        assertThat(quota.covers(new ServiceEvaluator(), Kit.service("ClusterIP", 1))).isFalse();
    }
}
