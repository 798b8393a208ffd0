package io.k3j.corevalidation;

import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.function.IntPredicate;

/// What can be wrong with a volume of iSCSI, as upstream's `validateISCSIVolumeSource` and
/// `validateISCSIPersistentVolumeSource`; see <https://datatracker.ietf.org/doc/html/rfc3720#section-3.2.6> for the
/// names. Pure.
final class IscsiProblems {
    private static final int LONGEST_FACE = 64;
    private static final List<String> SCHEMES = List.of("iqn", "eui", "naa");
    /// `0` stands for any digit.
    private static final String MONTH = "iqn.0000-00.";
    private static final String INITIATOR = "initiatorName";
    private static final String FORMAT = "must be valid format";
    private static final String BEGINNING = FORMAT + " starting with iqn, eui, or naa";
    private static final String FACE = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters"
            + " if iscsi.initiatorName is specified.";

    private IscsiProblems() {
    }

    /// Checks a volume of a pod.
    ///
    /// @param volume the volume's name, with which the node names its end
    /// @param p the volume's place
    static void check(Struct source, String volume, Problems p) {
        both(source, BEGINNING, p.at("iscsi"));
        if (source.has(INITIATOR) && (volume + ":" + source.text("targetPortal")).length() > LONGEST_FACE) {
            p.at("name").invalid(volume, FACE);
        }
    }

    /// Checks a PersistentVolume.
    ///
    /// @param volume its name
    /// @param p the source
    static void persistentVolume(Struct source, String volume, Problems p) {
        both(source, FORMAT, p);
        String portal = source.text("targetPortal");
        if (source.has(INITIATOR) && (volume + ":" + portal).length() > LONGEST_FACE) {
            // upstream's spelling
            p.at("targetportal").invalid(portal, FACE);
        }
        if (source.has("secretRef")) {
            p.at("secretRef").present(source.struct("secretRef"), "name");
        }
    }

    private static void both(Struct source, String beginning, Problems p) {
        p.present(source, "targetPortal");
        if (p.present(source, "iqn")) {
            name(source.text("iqn"), beginning, p.at("iqn"));
        }
        SourceProblems.unit(source, p);
        if ((source.flag("chapAuthDiscovery") || source.flag("chapAuthSession")) && !source.has("secretRef")) {
            p.at("secretRef").required("");
        }
        if (source.has(INITIATOR)) {
            // upstream's spelling
            name(source.text(INITIATOR), beginning, p.at("initiatorname"));
        }
    }

    private static void name(String name, String beginning, Problems p) {
        if (SCHEMES.stream().noneMatch(name::startsWith)) {
            p.invalid(name, beginning);
        } else if (!(name.startsWith("iqn") ? qualified(name) : numbered(name))) {
            p.invalid(name, FORMAT);
        }
    }

    /// The month from which on somebody has a domain, the domain the other way round, and a name behind a colon.
    private static boolean qualified(String name) {
        int colon = name.indexOf(':');
        return colon > MONTH.length() && colon < name.length() - 1 && month(name)
                && all(name.substring(MONTH.length(), colon), c -> alphanumeric(c) || c == '-' || c == '.')
                && all(name.substring(colon + 1), c -> ",;*&$|".indexOf(c) < 0 && !Character.isWhitespace(c));
    }

    private static boolean month(String name) {
        for (int i = 0; i < MONTH.length(); i++) {
            char c = name.charAt(i);
            if (MONTH.charAt(i) == '0' ? c < '0' || c > '9' : c != MONTH.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean numbered(String name) {
        int digits = name.startsWith("eui") ? 16 : 32;
        return name.length() == "eui.".length() + digits
                && all(name.substring("eui.".length()), IscsiProblems::alphanumeric);
    }

    private static boolean all(String text, IntPredicate test) {
        return text.chars().allMatch(test);
    }

    private static boolean alphanumeric(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
