package io.k3j.features;

import io.k3j.componentapi.Components.Setting;
import java.util.List;
import java.util.Locale;

/// Which values of settings are told. When in doubt one is not: it is enough that its name says so, or that it may hold
/// credentials, as the address of a database may.
final class HiddenValues {
    private static final List<String> NAMES = List.of("token", "secret", "pass", "pwd", "credential", "auth");
    /// A property called `key`, or by what it opens.
    private static final String KEY = "key";
    /// A file's name is no secret, whatever it holds.
    private static final List<String> HARMLESS = List.of("file", "dir", "path", "mode", "ttl");

    private HiddenValues() {
    }

    /// The value of a property, or what stands for it.
    static String shown(String name, String value) {
        if (value.isEmpty()) {
            return value;
        }
        return secret(name) || credentials(value) ? Setting.HIDDEN : value.replace('\n', ' ').replace('\r', ' ');
    }

    /// An argument of a component, `name=value`, is as secret as its own name says, and so is each part of an address.
    private static boolean credentials(String value) {
        boolean found = value.indexOf('@') >= 0;
        for (int at = value.indexOf('='); at >= 0 && !found; at = value.indexOf('=', at + 1)) {
            found = secret(value.substring(0, at));
        }
        return found;
    }

    private static boolean secret(String name) {
        String small = name.toLowerCase(Locale.ROOT);
        return small.endsWith(KEY)
                || NAMES.stream().anyMatch(small::contains) && HARMLESS.stream().noneMatch(small::endsWith);
    }
}
