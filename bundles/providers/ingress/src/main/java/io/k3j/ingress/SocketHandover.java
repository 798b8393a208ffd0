package io.k3j.ingress;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/// Lets listening sockets outlive a swap: the successor accepts from the same ones, so no connection is refused and
/// none that waits in the kernel is lost. Descriptors are exchanged through a service of a type of the JDK, as the two
/// bundles share no class. Whoever stops last closes a socket.
final class SocketHandover implements AutoCloseable {
    private static final String MARK = "io.k3j.ingress.sockets";
    private final Function<ToIntFunction<String>, Runnable> register;
    private final Supplier<List<ToIntFunction<String>>> others;
    private @Nullable Runnable withdraw;

    /// @param register offers sockets to others until what it returns is run
    /// @param others what others offer
    SocketHandover(Function<ToIntFunction<String>, Runnable> register,
            Supplier<List<ToIntFunction<String>>> others) {
        this.register = register;
        this.others = others;
    }

    /// Between versions of a bundle in one framework.
    static SocketHandover within(BundleContext context) {
        return new SocketHandover(sockets -> {
            Hashtable<String, Object> properties = new Hashtable<>();
            properties.put(MARK, true);
            ServiceRegistration<?> registered = context.registerService(ToIntFunction.class, sockets, properties);
            return registered::unregister;
        }, () -> others(context));
    }

    private static List<ToIntFunction<String>> others(BundleContext context) {
        List<ToIntFunction<String>> all = new ArrayList<>();
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(ToIntFunction.class.getName(),
                    "(" + MARK + "=*)");
            for (ServiceReference<?> reference : found == null ? new ServiceReference<?>[0] : found) {
                boolean own = context.getBundle().equals(reference.getBundle());
                if (!own && context.getService(reference) instanceof ToIntFunction<?> sockets) {
                    @SuppressWarnings("unchecked") // of this mark
                    ToIntFunction<String> known = (ToIntFunction<String>) sockets;
                    all.add(known);
                    context.ungetService(reference);
                }
            }
        } catch (InvalidSyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
        return all;
    }

    /// Offers sockets from now on.
    ///
    /// @param sockets the descriptor for an address and port, -1 for none; any thread
    void offer(ToIntFunction<String> sockets) {
        withdraw = register.apply(sockets);
    }

    /// The descriptor of a socket of another version.
    ///
    /// @param at address and port
    OptionalInt borrow(String at) {
        return others.get().stream().mapToInt(o -> o.applyAsInt(at)).filter(d -> d >= 0).findFirst();
    }

    /// Whether another version is there, before this one or after it.
    boolean shared() {
        return !others.get().isEmpty();
    }

    /// Offers nothing any more.
    @Override
    public void close() {
        Runnable last = withdraw;
        withdraw = null;
        if (last != null) {
            last.run();
        }
    }
}
