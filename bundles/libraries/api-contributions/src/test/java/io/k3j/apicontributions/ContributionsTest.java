package io.k3j.apicontributions;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Kinds;
import io.k3j.objectregistry.Slot;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ContributionsTest {
    private static final Gvr PODS = new Gvr("", "v1", "pods");
    private static final String ACME = "com.acme";
    private static final Map<String, ?> OF_ACME = Map.of(Slot.OWNER, ACME);
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
    void anActionThatIsBeingReplacedIsWaitedForAndOneThatDoesNotComeOnce() {
        AtomicInteger waits = new AtomicInteger();
        List<String> types = List.of(Action.class.getName());
        Eviction fresh = new Eviction();
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
        });
        Contributions counted = new Contributions(Set.of(), Set.of(), Set.of(), false, (signal, wanted, _) -> {
            waits.incrementAndGet();
            meanwhile.get().run();
            return signal.await(wanted, 0);
        });
        Eviction old = new Eviction();
        counted.add(old, types, Map.of());
        counted.awaitHandler(PODS, "eviction");
        assertThat(waits).as("it is there").hasValue(0);
        counted.remove(old, types);
        meanwhile.set(() -> counted.add(fresh, types, Map.of()));
        counted.awaitHandler(PODS, "eviction");
        assertThat(counted.action(PODS, "eviction")).containsSame(fresh);
        meanwhile.set(() -> {
        });
        counted.remove(fresh, types);
        counted.awaitHandler(PODS, "eviction");
        counted.awaitHandler(PODS, "eviction");
        assertThat(waits).as("in vain once").hasValue(2);
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
        SampleKinds.Hooks hooks = new SampleKinds.Hooks();
        SampleKinds kinds = new SampleKinds();
        contributions.add(hooks, List.of(KindHooks.class.getName()), Map.of());
        contributions.add(kinds, List.of(KindCatalog.class.getName()), Map.of());
        assertThat(contributions.complete()).isTrue();
        contributions.remove(kinds, List.of(KindCatalog.class.getName()));
        assertThat(contributions.complete()).isFalse();
        assertThat(contributions.kinds().listed()).as("a kind whose bundle is away stays listed").isNotEmpty();
    }

    @Test
    void nobodyWaitsForKindsOfABundleThatWasTakenOutForGood() {
        contributions.add(new SampleKinds.Hooks(), List.of(KindHooks.class.getName()), Map.of());
        SampleKinds kinds = new SampleKinds();
        List<String> types = List.of(KindCatalog.class.getName());
        contributions.add(kinds, types, Map.of());
        Set<Gvr> brought = contributions.brought(kinds);
        contributions.remove(kinds, types);
        contributions.forget(ACME, brought);
        assertThat(contributions.kinds().listed()).isEmpty();
    }

    @Test
    void anAuthenticatorThatWasTakenOutForGoodIsNotMissed() {
        List<String> types = List.of(Authenticator.class.getName());
        Eviction plugin = new Eviction();
        contributions.add(plugin, types, OF_ACME);
        contributions.remove(plugin, types);
        assertThat(contributions.accessControlComplete()).as("it may be being replaced").isFalse();
        assertThat(contributions.accessControlMissed()).isEqualTo("authenticator of " + ACME);
        contributions.forget(ACME, Set.of());
        assertThat(contributions.accessControlComplete()).isTrue();
        assertThat(contributions.accessControlMissed()).isEmpty();
    }

    @Test
    void aHoldDoesNotEndBecauseAnotherPlugInBringsSomething() {
        List<String> types = List.of(Authenticator.class.getName());
        contributions.add(new SampleKinds.Hooks(), List.of(KindHooks.class.getName()), Map.of());
        Eviction held = new Eviction();
        contributions.add(held, types, OF_ACME);
        contributions.remove(held, types);
        contributions.add(new Nobody(), types, Map.of(Slot.OWNER, "com.other"));
        contributions.add(new Nobody(), types, Map.of(Slot.OWNER, "com.third"));
        assertThat(contributions.complete()).isFalse();
        contributions.forget("com.third", Set.of());
        assertThat(contributions.complete()).as("another one has gone").isFalse();
        contributions.add(new Eviction(), types, OF_ACME);
        assertThat(contributions.complete()).isTrue();
    }

    /// Two plug-ins of one class each, as the server asks them.
    private static Object guarded(Object service) {
        return PluginCalls.of(service, List.of(Authenticator.class), ACME, new PluginCalls.Around(
                PluginCalls.Limits.DEFAULT, new Told(), InstantSource.system()));
    }

    /// Nothing is told.
    private static final class Told implements PluginCalls.Faults {
        @Override
        public void stop(String what) {
            throw new AssertionError(what);
        }

        @Override
        public void warn(String what) {
            throw new AssertionError(what);
        }
    }

    /// Another sort than [Eviction].
    private static final class Nobody implements Authenticator {
        @Override
        public Optional<Caller> authenticate(Credentials credentials) {
            return Optional.empty();
        }
    }

    @Test
    void twoAuthenticatorsOfOnePlugInAreTwoThoughTheyAreAskedTheSameWay() {
        List<String> types = List.of(Authenticator.class.getName());
        Object one = guarded(new Eviction());
        Object other = guarded(new Nobody());
        contributions.add(one, types, OF_ACME);
        contributions.add(other, types, OF_ACME);
        assertThat(contributions.accessControlComplete()).isTrue();
        contributions.remove(one, types);
        contributions.remove(other, types);
        contributions.add(guarded(new Nobody()), types, OF_ACME);
        assertThat(contributions.accessControlComplete()).as("the first one is still away").isFalse();
        contributions.forget(ACME, Set.of());
        assertThat(contributions.accessControlComplete()).as("as many as there are now").isTrue();
    }

    @Test
    void anAuthorizerOfAPlugInIsMissedUntilItWasTakenOutForGood() {
        List<String> types = List.of(Authorizer.class.getName());
        Authorizer shipped = (_, _) -> Authorizer.Decision.NO_OPINION;
        Object plugin = PluginCalls.of((Authorizer) (_, _) -> Authorizer.Decision.NO_OPINION, List.of(Authorizer.class),
                ACME, new PluginCalls.Around(PluginCalls.Limits.DEFAULT, new Told(),
                        InstantSource.system()));
        contributions.add(shipped, types, Map.of(Slot.OWNER, "io.k3j.rbac"));
        contributions.add(plugin, types, OF_ACME);
        contributions.remove(shipped, types);
        assertThat(contributions.authorizers().state().complete()).as("an operator may disable it").isTrue();
        contributions.remove(plugin, types);
        assertThat(contributions.authorizers().state().owner()).isEqualTo(ACME);
        contributions.forget(ACME, Set.of());
        assertThat(contributions.authorizers().state().complete()).isTrue();
    }

    @Test
    void whatWasReplacedByAnotherClassIsForgottenWithItsOwner() {
        List<String> types = List.of(Authenticator.class.getName());
        Authenticator shipped = _ -> Optional.empty();
        contributions.add(shipped, types, Map.of(Slot.OWNER, "io.k3j.authx509"));
        Nobody before = new Nobody();
        contributions.add(before, types, OF_ACME);
        contributions.remove(before, types);
        Eviction after = new Eviction();
        contributions.add(after, types, OF_ACME);
        contributions.remove(after, types);
        contributions.forget(ACME, Set.of());
        assertThat(contributions.accessControlComplete()).isTrue();
        contributions.remove(shipped, types);
        assertThat(contributions.accessControlComplete()).as("the shipped one is missed").isFalse();
    }

    @Test
    void nobodyWaitsAgainForAPlugInThatIsHeld() {
        AtomicInteger waits = new AtomicInteger();
        Contributions counted = new Contributions(Set.of(), Set.of(), Set.of(), false, (signal, wanted, _) -> {
            waits.incrementAndGet();
            return signal.await(wanted, 0);
        });
        counted.add(new SampleKinds.Hooks(), List.of(KindHooks.class.getName()), Map.of());
        List<String> types = List.of(Authenticator.class.getName());
        Eviction held = new Eviction();
        counted.add(held, types, OF_ACME);
        counted.awaitComplete();
        assertThat(waits).as("all is there").hasValue(0);
        counted.remove(held, types);
        counted.awaitComplete();
        counted.awaitComplete();
        assertThat(waits).as("in vain once").hasValue(1);
        Nobody other = new Nobody();
        counted.add(other, types, Map.of());
        counted.awaitComplete();
        counted.awaitComplete();
        assertThat(waits).as("something has changed").hasValue(2);
        counted.remove(new SampleKinds.Hooks(), List.of(KindHooks.class.getName()));
        counted.awaitComplete();
        assertThat(waits).as("hooks may be being replaced").hasValue(3);
    }

    @Test
    void oneThatDoesNotTellItsNameIsAskedAndKeepsNobodyOut() {
        List<String> types = List.of(Admission.class.getName());
        Admission mute = new Admission() {
            @Override
            public String name() {
                throw new IllegalStateException("broken on purpose");
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }
        };
        contributions.add(mute, types, Map.of());
        contributions.add(new Other(), types, Map.of());
        assertThat(contributions.admissions().state().all()).hasSize(2);
        contributions.remove(mute, types);
        assertThat(contributions.admissions().state().all()).hasSize(1);
    }

    /// A sound one.
    private static final class Other implements Admission {
        @Override
        public String name() {
            return "Other";
        }

        @Override
        public boolean handles(Write write) {
            return false;
        }
    }

    @Test
    void twoGenerationsOfHooksCanCoexist() {
        SampleKinds.Hooks old = new SampleKinds.Hooks();
        SampleKinds.Hooks fresh = new SampleKinds.Hooks();
        Kinds kinds = contributions.kinds();
        kinds.put(old, Map.of("service.id", 1L));
        kinds.put(fresh, Map.of("service.id", 2L));
        kinds.remove(fresh);
        assertThat(kinds.hooks(new SampleKinds().kinds().iterator().next())).isSameAs(old);
    }
}
