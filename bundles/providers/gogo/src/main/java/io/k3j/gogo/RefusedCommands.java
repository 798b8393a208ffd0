package io.k3j.gogo;

import java.util.Locale;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;

/// What is not run, and what to type instead. Which bundles run is decided and journaled by `features`: what stops one
/// in another way looks to it like a failure, and is undone by the next start at the latest.
final class RefusedCommands {
    /// Where a function without a scope is looked for, in this order.
    static final String SCOPES = "felix:k3j:*";
    private static final String BUNDLE_STOP = "k3s bundle stop NAME";
    private static final String BUNDLE_START = "k3s bundle start NAME";
    private static final String SWAP = "k3s bundle swap JAR, or copy the jar into <data-dir>/plugins";
    private static final String DISABLE = "k3s component disable NAME, or remove the jar from <data-dir>/plugins";
    private static final String ENABLE = "k3s component enable NAME";
    private static final String LEVEL = "k3s component ls, enable NAME, disable NAME";
    private static final String LEAVE = "the end of the input (Ctrl-D) leaves the shell; what stops the server is its"
            + " service, as in: systemctl stop k3s";

    /// By scope and function.
    static final Map<String, String> COMMANDS = Map.ofEntries(Map.entry("felix:stop", BUNDLE_STOP),
            Map.entry("felix:start", BUNDLE_START), Map.entry("felix:install", SWAP), Map.entry("felix:update", SWAP),
            Map.entry("felix:refresh", SWAP), Map.entry("felix:uninstall", DISABLE),
            Map.entry("felix:bundlelevel", LEVEL), Map.entry("felix:frameworklevel", LEVEL),
            Map.entry("felix:shutdown", LEAVE), Map.entry("k3j:exit", LEAVE), Map.entry("k3j:quit", LEAVE),
            Map.entry("k3j:shutdown", LEAVE), Map.entry("scr:enable", ENABLE),
            Map.entry("scr:disable", "k3s component disable NAME"));

    /// By method, in small letters as Gogo finds them, of the framework's own types.
    private static final Map<String, String> METHODS = Map.ofEntries(Map.entry("stop", BUNDLE_STOP),
            Map.entry("start", BUNDLE_START), Map.entry("update", SWAP), Map.entry("installbundle", SWAP),
            Map.entry("refreshbundles", SWAP), Map.entry("uninstall", DISABLE), Map.entry("startlevel", LEVEL),
            Map.entry("setstartlevel", LEVEL), Map.entry("setinitialbundlestartlevel", LEVEL),
            Map.entry("initialbundlestartlevel", LEVEL));
    private static final Map<String, String> ENDS = Map.of("exit", LEAVE, "halt", LEAVE);

    private RefusedCommands() {
    }

    /// What to type instead of calling a method; empty when it may be called. By its name alone: Gogo finds
    /// `getStartLevel` by `startlevel` as well, which a setter has, too.
    static String instead(Object target, String method) {
        String name = method.toLowerCase(Locale.ROOT);
        boolean framework = target instanceof Bundle || target instanceof BundleContext
                || target instanceof BundleStartLevel || target instanceof FrameworkStartLevel
                || target instanceof FrameworkWiring;
        boolean process = target instanceof Runtime || target == System.class;
        return framework ? METHODS.getOrDefault(name, "") : process ? ENDS.getOrDefault(name, "") : "";
    }
}
