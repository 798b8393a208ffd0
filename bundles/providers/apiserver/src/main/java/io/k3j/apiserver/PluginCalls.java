package io.k3j.apiserver;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Unseated;
import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Metrics;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks a service that a plug-in has contributed, each time on a thread of its own, so that one that does not come back
/// costs the plug-in and a 503, and no request for ever. Who waits for longer than a moment gives its seats to others
/// meanwhile. Any thread.
final class PluginCalls implements InvocationHandler {
    /// Which contracts are asked within a limit; of the others a call may be a whole session.
    static final Set<Class<?>> BOUNDED = Set.of(Authenticator.class, Authorizer.class, Admission.class, Metrics.class);
    /// How many calls of one service may be under way.
    static final int MOST = 512;
    /// How many calls in a row may throw what their contract does not provide for.
    static final int MOST_THROWN = 10;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Object service;
    private final String name;
    private final Limits limits;
    private final Consumer<String> fault;
    private final Semaphore room = new Semaphore(MOST);
    private final AtomicInteger thrown = new AtomicInteger();
    /// What [Admission#remote] has answered, which is asked before anything else of a write.
    private volatile boolean remote;
    /// Whether it has failed for good: it is being stopped, and nobody waits for it again.
    private volatile boolean broken;

    /// How long calls may take.
    ///
    /// @param seated after that others get the seats of the request
    /// @param call the answer of a service of this process
    /// @param remote the answer of an admission plug-in that waits for somebody outside
    record Limits(Duration seated, Duration call, Duration remote) {
        static final Limits DEFAULT = new Limits(Duration.ofMillis(50), Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    private PluginCalls(Object service, String name, Limits limits, Consumer<String> fault) {
        this.service = service;
        this.name = name;
        this.limits = limits;
        this.fault = fault;
    }

    /// The same service, asked within limits; itself when it has none of the bounded types.
    ///
    /// @param types the contracts that it is registered under
    /// @param name of the plug-in
    /// @param fault told of what it did that it must not do
    static Object of(Object service, Collection<Class<?>> types, String name, Limits limits,
            Consumer<String> fault) {
        Class<?>[] all = types.stream().filter(type -> type.isInterface() && type.isInstance(service))
                .toArray(Class<?>[]::new);
        return Set.of(all).stream().noneMatch(BOUNDED::contains) ? service
                : Proxy.newProxyInstance(service.getClass().getClassLoader(), all,
                        new PluginCalls(service, name, limits, fault));
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
        if (!BOUNDED.contains(method.getDeclaringClass())) {
            return direct(method, arguments);
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

    private @Nullable Object direct(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(service, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private @Nullable Object bounded(Method method, Object @Nullable [] arguments) throws Throwable {
        if (broken) {
            throw ApiFault.unavailable("the plug-in " + name + " has failed and is being stopped");
        }
        if (!room.tryAcquire()) {
            throw ApiFault.unavailable("the plug-in " + name + " has " + MOST + " calls under way");
        }
        FutureTask<Optional<Object>> task = new FutureTask<>(
                () -> Optional.ofNullable(method.invoke(service, arguments)));
        Thread thread = Thread.ofVirtual().name("apiserver-plugin").start(() -> {
            try {
                task.run();
            } finally {
                room.release();
            }
        });
        try {
            Object answer = answer(task, limit()).orElse(null);
            if (method.getDeclaringClass() == Admission.class && method.getName().equals("remote")) {
                remote = Boolean.TRUE.equals(answer);
            }
            thrown.set(0);
            return answer;
        } catch (ExecutionException e) {
            throw failed(method, e.getCause());
        } catch (TimeoutException e) {
            thread.interrupt();
            fails("has not come back from " + call(method) + " after " + limit().toSeconds() + " s");
            throw ApiFault.unavailable("the plug-in " + name + " has not answered " + call(method));
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw ApiFault.unavailable("who waits for the plug-in " + name + " is being stopped");
        }
    }

    private static String call(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    private void fails(String what) {
        broken = true;
        fault.accept(what);
    }

    /// What a contract provides for is an answer. Anything else is a mistake, and so many of them in a row are a
    /// plug-in that does not work.
    private Throwable failed(Method method, @Nullable Throwable failure) {
        Throwable cause = failure instanceof InvocationTargetException wrapped ? wrapped.getCause() : failure;
        if (cause instanceof ApiFault || cause instanceof BadCredential) {
            thrown.set(0);
            return cause;
        }
        if (thrown.incrementAndGet() == MOST_THROWN) {
            fails("has thrown " + MOST_THROWN + " times in a row, at last from " + call(method) + ": " + cause);
        }
        LOG.log(System.Logger.Level.ERROR, "Plugin failed plugin=" + name + " call=" + call(method), cause);
        return ApiFault.internal("the plug-in " + name + " failed in " + call(method));
    }

    private Duration limit() {
        return remote ? limits.remote : limits.call;
    }

    private Optional<Object> answer(FutureTask<Optional<Object>> task, Duration limit)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return task.get(limits.seated.toNanos(), TimeUnit.NANOSECONDS);
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
