package io.k3j.apicontributions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Lister;
import io.k3j.apiserverapi.Unseated;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.FaultyBundle;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Kinds;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// What becomes of requests when a plug-in does not come back from a call.
class PluginCallsTest {
    private static final Credentials NOBODY = new Credentials(List.of(), "", List.of());
    private static final Write WRITE = new Write(Write.Operation.CREATE, new SampleKinds().kinds().iterator().next(),
            "", Key.of("a"), Optional.empty(), Caller.ANONYMOUS, false, Struct.EMPTY);
    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int TRIES = 1_000;
    private static final String NOT_ANSWERED = "the plug-in com.acme.auth has not answered Authenticator.authenticate";
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private Instant now = Instant.EPOCH;
    private final AtomicInteger away = new AtomicInteger();
    private final CountDownLatch interrupted = new CountDownLatch(1);

    private Authenticator authenticator(Authenticator service, Duration seated, Duration call) {
        return (Authenticator) PluginCalls.of(service, List.of(Authenticator.class), "com.acme.auth",
                around(new PluginCalls.Limits(seated, call, LONG)));
    }

    private PluginCalls.Around around(PluginCalls.Limits limits) {
        return new PluginCalls.Around(limits, new PluginCalls.Faults() {
            @Override
            public void stop(String what) {
                faults.add(what);
            }

            @Override
            public void warn(String what) {
                warnings.add(what);
            }
        }, () -> now);
    }

    private Optional<Caller> block(Credentials credentials) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        return Optional.empty();
    }

    private void leaveSeats(Runnable waiting) {
        away.incrementAndGet();
        waiting.run();
    }

    /// Asks fresh services until a call of one has begun before its limit, which a busy machine may not come to.
    /// @param call asks one, which counts down
    private void untilBegun(Consumer<CountDownLatch> call) {
        for (int i = 0; i < TRIES; i++) {
            faults.clear();
            away.set(0);
            CountDownLatch begun = new CountDownLatch(1);
            call.accept(begun);
            if (begun.getCount() == 0) {
                return;
            }
        }
        throw new AssertionError("no call of " + TRIES + " has begun within " + MOMENT);
    }

    @Test
    void oneThatBlocksCostsItselfAndAnAnswer() throws Exception {
        untilBegun(begun -> {
            Authenticator blocks = authenticator(credentials -> {
                begun.countDown();
                return block(credentials);
            }, Duration.ZERO, MOMENT);
            assertThatThrownBy(() -> Unseated.in(this::leaveSeats, () -> blocks.authenticate(NOBODY)))
                    .isInstanceOfSatisfying(ApiFault.class, fault -> assertThat(fault.code()).isEqualTo(503))
                    .hasMessageContaining("com.acme.auth has not answered Authenticator.authenticate");
        });
        assertThat(faults).containsExactly("has not come back from Authenticator.authenticate after 0 s");
        assertThat(away).as("others have had its seats").hasValue(1);
        assertThat(interrupted.await(LONG.toSeconds(), TimeUnit.SECONDS)).as("its interrupt").isTrue();
    }

    @Test
    void whatTwoCallsHaveFoundIsToldOnce() throws Exception {
        List<String> answers = new CopyOnWriteArrayList<>();
        for (int i = 0; i < TRIES && Collections.frequency(answers, NOT_ANSWERED) < 2; i++) {
            faults.clear();
            answers.clear();
            Authenticator blocks = authenticator(this::block, Duration.ZERO, MOMENT);
            Runnable ask = () -> assertThatThrownBy(() -> blocks.authenticate(NOBODY))
                    .satisfies(fault -> answers.add(String.valueOf(fault.getMessage())));
            Thread other = Thread.startVirtualThread(ask);
            ask.run();
            other.join();
        }
        assertThat(answers).as("both have waited for it").containsExactly(NOT_ANSWERED, NOT_ANSWERED);
        assertThat(faults).hasSize(1);
    }

    @Test
    void oneThatComesBackIsAskedAsAnyOther() throws Exception {
        Authenticator answers = authenticator(_ -> Optional.empty(), LONG, LONG);
        assertThat(Unseated.in(this::leaveSeats, () -> answers.authenticate(NOBODY))).isEmpty();
        Authenticator refuses = authenticator(_ -> {
            throw new BadCredential("no");
        }, LONG, LONG);
        assertThatThrownBy(() -> refuses.authenticate(NOBODY)).isInstanceOf(BadCredential.class).hasMessage("no");
        assertThat(away).hasValue(0);
        assertThat(faults).isEmpty();
        assertThat(answers).isNotEqualTo(refuses).hasToString("plug-in com.acme.auth");
    }

    @Test
    void nobodyWaitsAgainForOneThatHasNotComeBack() {
        Authenticator blocks = authenticator(this::block, Duration.ZERO, MOMENT);
        assertThatThrownBy(() -> blocks.authenticate(NOBODY)).hasMessageContaining("has not answered");
        assertThatThrownBy(() -> blocks.authenticate(NOBODY)).hasMessageContaining("is being stopped");
        assertThat(faults).hasSize(1);
    }

    @Test
    void noMoreThanSoManyCallsAreUnderWay() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Semaphore asked = new Semaphore(0);
        Authenticator slow = authenticator(_ -> {
            asked.release();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        }, LONG, LONG);
        for (int i = 0; i < PluginCalls.MOST; i++) {
            Thread.startVirtualThread(() -> {
                try {
                    slow.authenticate(NOBODY);
                } catch (BadCredential e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        assertThat(asked.tryAcquire(PluginCalls.MOST, LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> slow.authenticate(NOBODY)).hasMessageContaining("512 calls under way");
        over.countDown();
    }

    /// One that answers before each of the others, and throws when it is asked to decide.
    private static final class Throwing implements Admission {
        private final AtomicBoolean throwing = new AtomicBoolean(true);

        @Override
        public String name() {
            return "Throwing";
        }

        @Override
        public boolean handles(Write write) {
            return true;
        }

        @Override
        public Struct admit(Write write, Struct object) {
            if (throwing.get()) {
                throw new AssertionError("what a client has sent");
            }
            return object;
        }
    }

    @Test
    void oneThatThrowsIsToldAndAskedOnAndNoErrorOfItEndsARequestsThread() {
        Throwing service = new Throwing();
        Admission throwing = (Admission) PluginCalls.of(service, List.of(Admission.class), "com.acme.policy",
                around(PluginCalls.Limits.DEFAULT));
        for (int i = 1; i <= 3 * PluginCalls.MOST_THROWN; i++) {
            assertThat(throwing.handles(WRITE)).isTrue();
            assertThatThrownBy(() -> throwing.admit(WRITE, Struct.EMPTY)).isInstanceOf(ApiFault.class)
                    .hasMessageContaining("com.acme.policy failed in Admission.admit");
        }
        assertThat(faults).as("what stops it, and lets its requests pass").isEmpty();
        assertThat(warnings).as("told once a minute, without the words of its exception").containsExactly(
                "has thrown from Admission.admit: java.lang.AssertionError; the log has the details");
        service.throwing.set(false);
        throwing.admit(WRITE, Struct.EMPTY);
        assertThat(warnings).as("it may throw again at once").hasSize(1);
        now = now.plus(PluginCalls.TOLD);
        throwing.admit(WRITE, Struct.EMPTY);
        assertThat(warnings).hasSize(2).last().isEqualTo("");
    }

    @Test
    void figuresOfOneThatThrowsAreLeftOutAndItIsStoppedAtLast() {
        Metrics throwing = (Metrics) PluginCalls.of((Metrics) () -> {
            throw new IllegalStateException("broken on purpose");
        }, List.of(Metrics.class), "com.acme.counts", around(PluginCalls.Limits.DEFAULT));
        for (int i = 1; i <= PluginCalls.MOST_THROWN; i++) {
            assertThat(faults).isEmpty();
            assertThat(throwing.text()).isEmpty();
        }
        assertThat(faults).containsExactly("has thrown 10 times in a row, at last from Metrics.text:"
                + " java.lang.IllegalStateException");
    }

    @Test
    void oneThatComputesWithoutAnEndKeepsNoCarrier() {
        AtomicBoolean over = new AtomicBoolean();
        AtomicBoolean carried = new AtomicBoolean();
        untilBegun(begun -> {
            Authenticator spins = authenticator(_ -> {
                carried.set(Thread.currentThread().isVirtual());
                begun.countDown();
                long sum = 0;
                while (!over.get()) {
                    sum += Long.hashCode(sum + 1);
                }
                return Optional.empty();
            }, Duration.ZERO, MOMENT);
            assertThatThrownBy(() -> spins.authenticate(NOBODY)).hasMessageContaining("has not answered");
        });
        assertThat(carried).isFalse();
        over.set(true);
    }

    private Admission holding(AtomicInteger asked) {
        return (Admission) PluginCalls.of(new Admission() {
            @Override
            public String name() {
                return "Holds" + asked.incrementAndGet();
            }

            @Override
            public boolean handles(Write write) {
                block(NOBODY);
                return true;
            }
        }, List.of(Admission.class), "com.acme.holds", around(new PluginCalls.Limits(Duration.ZERO, MOMENT, MOMENT)));
    }

    private static boolean tellsItsName(Admission plugin) {
        try {
            return !plugin.name().isEmpty();
        } catch (ApiFault late) {
            return false;
        }
    }

    @Test
    void itsNameIsAskedOnceAlsoWhenItIsBroken() {
        AtomicInteger asked = new AtomicInteger();
        Admission told = holding(asked);
        for (int i = 0; i < TRIES && !tellsItsName(told); i++) {
            asked = new AtomicInteger();
            told = holding(asked);
        }
        Admission holds = told;
        assertThat(holds.name()).isEqualTo("Holds1");
        assertThatThrownBy(() -> holds.handles(WRITE)).hasMessageContaining("has not answered");
        assertThat(holds.name()).isEqualTo("Holds1");
        assertThat(asked).hasValue(1);
    }

    private Lister lister(Function<Query, List<Struct>> answer, PluginCalls.Limits limits) {
        return (Lister) PluginCalls.of(new Lister() {
            @Override
            public Gvr resource() {
                return Gvr.of("v1", "configmaps");
            }

            @Override
            public Struct get(Key key) {
                return Struct.EMPTY;
            }

            @Override
            public List<Struct> list(Query query) {
                return answer.apply(query);
            }
        }, List.of(Lister.class), "com.acme.shows", around(limits));
    }

    @Test
    void oneThatShowsObjectsAndBlocksCostsItselfAndAnAnswer() {
        Lister blocks = lister(_ -> {
            block(NOBODY);
            return List.of();
        }, new PluginCalls.Limits(Duration.ZERO, LONG, MOMENT));
        assertThat(blocks.resource()).isEqualTo(Gvr.of("v1", "configmaps"));
        assertThatThrownBy(() -> blocks.list(Query.ALL))
                .hasMessageContaining("com.acme.shows has not answered Lister.list");
        assertThat(faults).containsExactly("has not come back from Lister.list after 0 s");
    }

    @Test
    void aListThatIsMadeAsItIsLookedAtIsMadeWithinTheLimit() {
        List<String> made = new CopyOnWriteArrayList<>();
        Lister lazy = lister(_ -> new AbstractList<Struct>() {
            @Override
            public Struct get(int index) {
                made.add(Thread.currentThread().getName());
                return Struct.EMPTY;
            }

            @Override
            public int size() {
                return 2;
            }
        }, PluginCalls.Limits.DEFAULT);
        assertThat(lazy.list(Query.ALL)).containsExactly(Struct.EMPTY, Struct.EMPTY);
        assertThat(made).isNotEmpty().containsOnly(FaultyBundle.CALL_THREAD);
    }

    @Test
    void aCatalogThatDoesNotTellItsKindsKeepsNobodyElsesFromChanging() {
        Kinds kinds = new Kinds();
        KindCatalog blocks = (KindCatalog) PluginCalls.of((KindCatalog) () -> {
            block(NOBODY);
            return List.of();
        }, List.of(KindCatalog.class), "com.acme.kinds", around(new PluginCalls.Limits(Duration.ZERO, MOMENT, LONG)));
        assertThatThrownBy(() -> kinds.put(blocks, Map.of()))
                .hasMessageContaining("has not answered KindCatalog.kinds");
        kinds.put(new SampleKinds(), Map.of());
        assertThat(kinds.listed()).hasSize(1);
    }

    @Test
    void hooksThatBlockAreA503AndSoAreTheCallsAfterIt() {
        KindHooks blocks = (KindHooks) PluginCalls.of(new KindHooks() {
            @Override
            public String group() {
                return "acme.com";
            }

            @Override
            public Struct defaulted(Gvk kind, Struct object) {
                block(NOBODY);
                return object;
            }
        }, List.of(KindHooks.class), "com.acme.hooks", around(new PluginCalls.Limits(Duration.ZERO, MOMENT, LONG)));
        Gvk kind = Gvk.of("acme.com/v1", "Anvil");
        assertThatThrownBy(() -> blocks.defaulted(kind, Struct.EMPTY)).isInstanceOfSatisfying(ApiFault.class,
                fault -> assertThat(fault.code()).isEqualTo(503)).hasMessageContaining("KindHooks.defaulted");
        assertThatThrownBy(() -> blocks.cells(kind, Obj.of(Struct.EMPTY), now)).hasMessageContaining("being stopped");
        assertThat(faults).hasSize(1);
    }

    @Test
    void whatIsASessionIsNotBounded() throws Exception {
        AtomicReference<Thread> serving = new AtomicReference<>();
        Connect connect = (Connect) PluginCalls.of(new Connect() {
            @Override
            public Gvr resource() {
                return Gvr.of("v1", "pods");
            }

            @Override
            public String subresource() {
                return "exec";
            }

            @Override
            public void serve(Call call) {
                serving.set(Thread.currentThread());
            }
        }, List.of(Connect.class), "com.acme.exec", around(PluginCalls.Limits.DEFAULT));
        connect.serve(null);
        assertThat(serving).hasValue(Thread.currentThread());
        assertThat(connect.subresource()).isEqualTo("exec");
        Object audit = new Object();
        assertThat(PluginCalls.of(audit, List.of(Audit.class), "com.acme", around(PluginCalls.Limits.DEFAULT)))
                .isSameAs(audit);
    }
}
