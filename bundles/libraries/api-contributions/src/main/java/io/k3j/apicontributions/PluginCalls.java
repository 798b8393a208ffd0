package io.k3j.apicontributions;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Unseated;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Metrics;
import io.k3j.componentbase.FaultyBundle;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Asks a service that a plug-in has contributed, each time on a thread of its own, so that one that does not come back
/// costs the plug-in and a 503, and no request for ever. Who waits for longer than a moment gives its seats to others
/// meanwhile. Any thread.
///
/// Those are threads of the operating system: a call that computes without an end would keep a carrier of virtual
/// threads, on which everything else of this process runs.
public final class PluginCalls implements InvocationHandler {
    /// How many calls of one service may be under way.
    static final int MOST = 512;
    /// How many calls of a method in a row may throw before nobody asks for figures any more. What decides about
    /// requests is asked on, whatever it throws: without it they would be let pass, and clients can make it throw.
    static final int MOST_THROWN = 10;
    /// How long what a method has thrown is told, and the log says nothing of it again.
    static final Duration TOLD = Duration.ofMinutes(1);
    /// How long threads wait for the next call.
    private static final long IDLE_SECONDS = 2;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Object service;
    private final String name;
    private final Around around;
    private final Executor threads = new ThreadPoolExecutor(0, MOST, IDLE_SECONDS, TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name(FaultyBundle.CALL_THREAD).inheritInheritableThreadLocals(false)
                    .factory());
    /// By method, since one that does nothing is asked before each of the others.
    private final Map<Method, Thrown> thrown = new ConcurrentHashMap<>();
    /// What [Admission#name] has answered, which stays the same.
    private volatile @Nullable Object told;
    /// What [Admission#remote] has answered, which is asked before anything else of a write.
    private volatile boolean remote;
    /// Whether it has failed for good: it is being stopped, and nobody waits for it again.
    private final AtomicBoolean broken = new AtomicBoolean();

    /// What a method has thrown since it answered, and when.
    ///
    /// @param times in a row
    /// @param logged when the log has told of it
    private record Thrown(int times, Instant last, Instant logged) {
    }

    /// Is told of what a plug-in did that it must not do.
    public interface Faults {
        /// It must not run any more.
        void stop(String what);

        /// It may; empty when it does not do it any more.
        void warn(String what);
    }

    /// What calls happen in.
    ///
    /// @param clock that is never set back
    public record Around(Limits limits, Faults faults, InstantSource clock) {
    }

    /// How long calls may take.
    ///
    /// @param seated after that others get the seats of the request
    /// @param call the answer of a service of this process
    /// @param remote the answer of what may wait for somebody outside: an admission plug-in that says so, conversions,
    ///        what shows objects, what carries out actions
    public record Limits(Duration seated, Duration call, Duration remote) {
        /// Those of the product.
        public static final Limits DEFAULT = new Limits(Duration.ofMillis(50), Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    private PluginCalls(Object service, String name, Around around) {
        this.service = service;
        this.name = name;
        this.around = around;
    }

    /// The same service, asked within limits; itself when it has none of the bounded types.
    ///
    /// @param types the contracts that it is registered under
    /// @param name of the plug-in
    public static Object of(Object service, Collection<Class<?>> types, String name, Around around) {
        Class<?>[] all = types.stream().filter(type -> type.isInterface() && type.isInstance(service))
                .toArray(Class<?>[]::new);
        return Set.of(all).stream().noneMatch(PluginContracts.BOUNDED::contains) ? service
                : Proxy.newProxyInstance(PluginCalls.class.getClassLoader(), all,
                        new PluginCalls(service, name, around));
    }

    /// Whether a service is a plug-in's, asked within limits.
    static boolean guards(Object service) {
        return Proxy.isProxyClass(service.getClass()) && Proxy.getInvocationHandler(service) instanceof PluginCalls;
    }

    /// The name of a service's own class, also of one that is asked within limits: those all have the same.
    static String sort(Object service) {
        return Proxy.isProxyClass(service.getClass())
                && Proxy.getInvocationHandler(service) instanceof PluginCalls calls
                        ? calls.service.getClass().getName()
                        : service.getClass().getName();
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> arguments != null && proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "plug-in " + name;
            };
        }
        if (!PluginContracts.isBounded(method)) {
            return direct(method, arguments);
        }
        if (is(method, "name") && told != null) {
            return told;
        }
        try {
            return bounded(method, arguments);
        } catch (Throwable e) {
            if (method.getDeclaringClass() == Metrics.class) {
                // figures of all others are told without those of this one
                return "";
            }
            throw e;
        }
    }

    private static boolean is(Method method, String name) {
        return method.getDeclaringClass() == Admission.class && method.getName().equals(name);
    }

    private @Nullable Object direct(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(service, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private @Nullable Object bounded(Method method, Object @Nullable [] arguments) throws Throwable {
        if (broken.get()) {
            throw ApiFault.unavailable("the plug-in " + name + " has failed and is being stopped");
        }
        FutureTask<Optional<Object>> task = new FutureTask<>(
                () -> Optional.ofNullable(PluginContracts.whole(method, method.invoke(service, arguments))));
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            throw ApiFault.unavailable("the plug-in " + name + " has " + MOST + " calls under way");
        }
        try {
            Object answer = answer(task, limit(method)).orElse(null);
            if (is(method, "remote")) {
                remote = Boolean.TRUE.equals(answer);
            } else if (is(method, "name")) {
                told = answer;
            }
            answered(method);
            return answer;
        } catch (ExecutionException e) {
            throw failed(method, e.getCause());
        } catch (TimeoutException e) {
            task.cancel(true);
            fails("has not come back from " + call(method) + " after " + limit(method).toSeconds() + " s");
            throw ApiFault.unavailable("the plug-in " + name + " has not answered " + call(method));
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw ApiFault.unavailable("who waits for the plug-in " + name + " is being stopped");
        }
    }

    private static String call(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    private void fails(String what) {
        if (broken.compareAndSet(false, true)) {
            around.faults.stop(what);
        }
    }

    /// What is told of it is told for a while, since who throws at each second request would be told of as often.
    private void answered(Method method) {
        Thrown before = thrown.get(method);
        if (before == null) {
            return;
        }
        Instant now = around.clock.instant();
        if (now.isBefore(before.last.plus(TOLD))) {
            thrown.replace(method, before, new Thrown(0, before.last, before.logged));
        } else if (thrown.remove(method, before) && thrown.isEmpty()) {
            around.faults.warn("");
        }
    }

    /// What a contract provides for is an answer. Anything else is a mistake.
    private Throwable failed(Method method, @Nullable Throwable failure) {
        Throwable cause = failure instanceof InvocationTargetException wrapped ? wrapped.getCause() : failure;
        if (cause instanceof ApiFault || cause instanceof BadCredential) {
            answered(method);
            return cause;
        }
        Instant now = around.clock.instant();
        AtomicBoolean tell = new AtomicBoolean();
        Thrown next = thrown.compute(method, (_, before) -> {
            tell.set(before == null || !now.isBefore(before.logged.plus(TOLD)));
            return new Thrown(before == null ? 1 : before.times + 1, now,
                    before == null || tell.get() ? now : before.logged);
        });
        // its message is for the log only: it may hold what a client has sent, and health is told to everybody
        String what = call(method) + ": " + (cause == null ? "nothing" : cause.getClass().getName());
        if (tell.get()) {
            LOG.log(System.Logger.Level.ERROR, "Plugin failed plugin=" + name + " call=" + call(method), cause);
            around.faults.warn("has thrown from " + what + "; the log has the details");
        }
        if (next.times == MOST_THROWN && method.getDeclaringClass() == Metrics.class) {
            fails("has thrown " + MOST_THROWN + " times in a row, at last from " + what);
        }
        return ApiFault.internal("the plug-in " + name + " failed in " + call(method));
    }

    private Duration limit(Method method) {
        return PluginContracts.isOutside(method, remote) ? around.limits.remote : around.limits.call;
    }

    private Optional<Object> answer(FutureTask<Optional<Object>> task, Duration limit)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return task.get(around.limits.seated.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            Unseated.run(() -> await(task, limit));
            return task.get(0, TimeUnit.NANOSECONDS);
        }
    }

    /// The outcome is looked at by who has the seats again.
    private static void await(FutureTask<?> task, Duration limit) {
        try {
            task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // seen again by who waits
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
