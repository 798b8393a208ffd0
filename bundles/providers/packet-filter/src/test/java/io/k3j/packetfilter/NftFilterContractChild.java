package io.k3j.packetfilter;

import io.k3j.componentapi.Health;
import io.k3j.nodeapi.PacketFilter;
import io.k3j.testkit.PacketFilterContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds [NftFilter] to the guarantees of its contract in the network namespace of this process, and prints those that
/// it keeps.
final class NftFilterContractChild extends PacketFilterContract {
    private final NftFilter filter = new NftFilter(Health.none());
    private final NftFilter successor = new NftFilter(Health.none());

    private NftFilterContractChild() {
    }

    /// The tests of the suite, by name.
    static List<Method> guarantees() {
        return Stream.of(PacketFilterContract.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class)).toList();
    }

    @Override
    protected PacketFilter filter() {
        return filter;
    }

    @Override
    protected PacketFilter successor() {
        return successor;
    }

    public static void main(String[] arguments) throws Throwable {
        NftFilterContractChild suite = new NftFilterContractChild();
        for (Method guarantee : guarantees()) {
            guarantee.setAccessible(true);
            try {
                guarantee.invoke(suite);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            System.out.println("kept: " + guarantee.getName());
        }
        suite.filter.close();
        suite.successor.close();
    }
}
