package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Kinds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContributionsTest {
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private final Contributions contributions = new Contributions(Set.of(), Set.of(), Set.of("Refused"));

    /// An action that is also an authenticator, registered as an action only.
    private static final class Eviction implements Action, Authenticator {
        @Override
        public Gvr resource() {
            return PODS;
        }

        @Override
        public String subresource() {
            return "eviction";
        }

        @Override
        public Struct perform(Call call) {
            return Struct.EMPTY;
        }

        @Override
        public Optional<Caller> authenticate(Credentials credentials) {
            return Optional.empty();
        }
    }

    @Test
    void aServiceCountsOnlyForItsRegisteredTypes() {
        Eviction service = new Eviction();
        contributions.add(service, List.of(Action.class.getName()), Map.of());
        assertThat(contributions.action(PODS, "eviction")).containsSame(service);
        assertThat(contributions.authenticators().state().all()).isEmpty();
    }

    @Test
    void aPlugInThatIsDisabledIsNotAskedWhoeverBringsIt() {
        Admission plugin = new Admission() {
            @Override
            public String name() {
                return "Refused";
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }
        };
        contributions.add(plugin, List.of(Admission.class.getName()), Map.of(Admission.ORDER, 10));
        assertThat(contributions.admissions().state().all()).isEmpty();
        contributions.remove(plugin, List.of(Admission.class.getName()));
    }

    @Test
    void aFailedSwapKeepsTheOldAction() {
        Eviction old = new Eviction();
        Eviction fresh = new Eviction();
        List<String> types = List.of(Action.class.getName());
        contributions.add(old, types, Map.of("service.id", 1L));
        contributions.add(fresh, types, Map.of("service.id", 2L));
        contributions.remove(fresh, types);
        assertThat(contributions.action(PODS, "eviction")).containsSame(old);
    }

    @Test
    void isCompleteWithKindsAndHooks() {
        assertThat(contributions.complete()).isFalse();
        TestKinds.Hooks hooks = new TestKinds.Hooks();
        TestKinds kinds = new TestKinds();
        contributions.add(hooks, List.of(KindHooks.class.getName()), Map.of());
        contributions.add(kinds, List.of(KindCatalog.class.getName()), Map.of());
        assertThat(contributions.complete()).isTrue();
        contributions.remove(kinds, List.of(KindCatalog.class.getName()));
        assertThat(contributions.complete()).isFalse();
        assertThat(contributions.kinds().listed()).as("a kind whose bundle is away stays listed").isNotEmpty();
    }

    @Test
    void nobodyWaitsForKindsOfABundleThatWasTakenOutForGood() {
        contributions.add(new TestKinds.Hooks(), List.of(KindHooks.class.getName()), Map.of());
        TestKinds kinds = new TestKinds();
        List<String> types = List.of(KindCatalog.class.getName());
        contributions.add(kinds, types, Map.of());
        Contributions.Gone gone = contributions.gone(kinds, types);
        contributions.remove(kinds, types);
        contributions.forget(List.of(gone));
        assertThat(contributions.kinds().listed()).isEmpty();
    }

    @Test
    void anAuthenticatorThatWasTakenOutForGoodIsNotMissed() {
        List<String> types = List.of(Authenticator.class.getName());
        Eviction plugin = new Eviction();
        contributions.add(plugin, types, Map.of());
        Contributions.Gone gone = contributions.gone(plugin, types);
        contributions.remove(plugin, types);
        assertThat(contributions.accessControlComplete()).as("it may be being replaced").isFalse();
        contributions.forget(List.of(gone));
        assertThat(contributions.accessControlComplete()).isTrue();
    }

    @Test
    void twoGenerationsOfHooksCanCoexist() {
        TestKinds.Hooks old = new TestKinds.Hooks();
        TestKinds.Hooks fresh = new TestKinds.Hooks();
        Kinds kinds = contributions.kinds();
        kinds.put(old, Map.of("service.id", 1L));
        kinds.put(fresh, Map.of("service.id", 2L));
        kinds.remove(fresh);
        assertThat(kinds.hooks(new TestKinds().kinds().iterator().next())).isSameAs(old);
    }
}
