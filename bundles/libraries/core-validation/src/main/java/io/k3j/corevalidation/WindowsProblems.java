package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Locale;

/// What can be wrong with `windowsOptions` of pods and containers, as upstream's
/// `validateWindowsSecurityContextOptions` and `validateWindowsHostProcessPod`. No kubelet here runs such a pod; the
/// API has them all the same. Pure.
final class WindowsProblems {
    private static final String OPTIONS = "windowsOptions";
    private static final String CONTEXT = "securityContext";
    private static final String HOST = "hostProcess";
    private static final String USER = "runAsUserName";
    private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");
    private static final int LONGEST_SPEC = 64 * 1024;
    private static final int LONGEST_DOMAIN = 256;
    private static final int LONGEST_USER = 104;
    private static final int LONGEST_NETBIOS = 15;

    private WindowsProblems() {
    }

    /// Checks the options of a security context.
    ///
    /// @param p their place
    static void options(Struct context, Problems p) {
        if (!context.has(OPTIONS)) {
            return;
        }
        Struct options = context.struct(OPTIONS);
        if (options.has("gmsaCredentialSpecName")) {
            String name = options.text("gmsaCredentialSpecName");
            p.at("gmsaCredentialSpecName").invalid(name, Names.subdomain(name));
        }
        if (options.has("gmsaCredentialSpec")) {
            String spec = options.text("gmsaCredentialSpec");
            Problems at = p.at("gmsaCredentialSpec");
            if (spec.isEmpty()) {
                at.invalid(spec, "gmsaCredentialSpec cannot be an empty string");
            } else if (spec.length() > LONGEST_SPEC) {
                at.invalid(spec, "gmsaCredentialSpec size must be under 64 KiB");
            }
        }
        if (options.has(USER)) {
            user(options.text(USER), p.at(USER));
        }
    }

    private static void user(String name, Problems p) {
        String[] parts = name.split("\\\\", -1);
        if (name.isEmpty()) {
            p.invalid(name, "runAsUserName cannot be an empty string");
        } else if (name.chars().anyMatch(c -> c < ' ' || c == 127)) {
            p.invalid(name, "runAsUserName cannot contain control characters");
        } else if (parts.length > 2) {
            p.invalid(name, "runAsUserName cannot contain more than one backslash");
        } else {
            if (parts.length == 2) {
                domain(parts[0], name, p);
            }
            account(parts[parts.length - 1], name, p);
        }
    }

    private static void domain(String domain, String name, Problems p) {
        if (domain.length() >= LONGEST_DOMAIN) {
            p.invalid(name, "runAsUserName's Domain length must be under 256 characters");
        }
        boolean netBios = !domain.isEmpty() && domain.length() <= LONGEST_NETBIOS && !domain.startsWith(".")
                && none(domain, "\\/:*?\"<>|");
        if (!netBios && !dns(domain)) {
            p.invalid(name, "runAsUserName's Domain doesn't match the NetBios nor the DNS format");
        }
    }

    private static boolean dns(String domain) {
        for (String part : domain.split("\\.", -1)) {
            if (!Names.label(part.toLowerCase(Locale.ROOT)).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static void account(String user, String name, Problems p) {
        if (user.isEmpty()) {
            p.invalid(name, "runAsUserName's User cannot be empty");
        } else if (user.length() > LONGEST_USER) {
            p.invalid(name, "runAsUserName's User length must not be longer than 104 characters");
        }
        if (!user.isEmpty() && user.chars().allMatch(c -> c == '.' || c == ' ')) {
            p.invalid(name, "runAsUserName's User cannot contain only periods or spaces");
        }
        if (!none(user, "\"/\\:;|=,+*?<>@[]")) {
            p.invalid(name, "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]");
        }
    }

    private static boolean none(String text, String of) {
        return text.chars().allMatch(c -> of.indexOf(c) < 0);
    }

    /// Checks that all containers are processes of the host or none is.
    ///
    /// @param p the place of the spec
    static void hostProcess(Struct spec, Problems p) {
        Struct ofPod = spec.struct(CONTEXT).struct(OPTIONS);
        int all = 0;
        int ofHost = 0;
        for (String list : LISTS) {
            Seq containers = spec.seq(list);
            all += containers.size();
            for (int i = 0; i < containers.size() && !p.full(); i++) {
                Struct own = containers.struct(i).struct(CONTEXT).struct(OPTIONS);
                boolean host = own.has(HOST) ? own.flag(HOST) : ofPod.flag(HOST);
                ofHost += host ? 1 : 0;
                if (own.has(HOST) && ofPod.has(HOST) && own.flag(HOST) != ofPod.flag(HOST)) {
                    p.at(list, i).at(CONTEXT).at(OPTIONS).at(HOST).invalid(own.flag(HOST), "pod hostProcess value must"
                            + " be identical if both are specified, was " + ofPod.flag(HOST));
                }
            }
        }
        if (ofHost > 0 && ofHost != all) {
            p.invalid("", "If pod contains any hostProcess containers then all containers must be HostProcess"
                    + " containers");
        }
        if (ofHost > 0 && !spec.flag("hostNetwork")) {
            p.at("hostNetwork").invalid(false, "hostNetwork must be true if pod contains any hostProcess containers");
        }
    }
}
