package io.k3j.networkpolicy;

import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// A filter that refuses scripts with a text in them.
final class ScriptedFilter implements PacketFilter {
    static final String WORDS = "nft: /dev/stdin:7: Error: Could not process rule";
    final List<String> taken = new ArrayList<>();
    /// Empty for none.
    volatile String refused = "";
    /// What it says that stands.
    Supplier<Set<String>> present = Set::of;
    /// Runs at each try.
    Runnable hook = () -> {
    };
    int tries;

    @Override
    public void apply(String script) {
        tries++;
        hook.run();
        if (!refused.isEmpty() && script.contains(refused)) {
            throw new FilterRefused(WORDS);
        }
        taken.add(script);
    }

    @Override
    public Set<String> objects(String family, String table) {
        return present.get();
    }

    @Override
    public void forgetFlows(String address, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AutoCloseable onForeignChange(Runnable changed) {
        throw new UnsupportedOperationException();
    }
}
