package io.k3j.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// An exact amount with a unit suffix, as `100m`, `1.5Gi`, `12e6`. Immutable; equal when the amounts
/// are equal. See
/// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.
public final class Quantity implements Comparable<Quantity> {
    /// Nothing.
    public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Format.DECIMAL);
    private static final String DECIMAL_SUFFIXES = "num kMGTPE";
    private static final int SMALLEST = -9;
    private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
    private static final int LONGEST = 64;

    /// How the text form counts: powers of ten by letter, of 1024 by letter, or by exponent.
    private enum Format {
        DECIMAL, BINARY, EXPONENT
    }

    private final BigDecimal amount;
    private final Format format;

    private Quantity(BigDecimal amount, Format format) {
        this.amount = amount;
        this.format = format;
    }

    /// Reads the text form. Amounts below a billionth are rounded up to one, as upstream does.
    /// @throws IllegalArgumentException when it is not a quantity
    public static Quantity parse(String text) {
        int digits = digits(text);
        if (digits == 0 || text.length() > LONGEST) {
            throw wrong();
        }
        BigDecimal number = number(text.substring(0, digits));
        String suffix = text.substring(digits);
        Format format = suffix.endsWith("i") ? Format.BINARY
                : suffix.length() > 1 || suffix.equals("e") ? Format.EXPONENT : Format.DECIMAL;
        BigDecimal amount = number.multiply(factor(suffix, format));
        return new Quantity(amount.scale() > -SMALLEST ? amount.setScale(-SMALLEST, RoundingMode.UP) : amount, format);
    }

    /// A quantity from a JSON value: its text, or a plain number; zero for anything else.
    /// @throws IllegalArgumentException when the text is not a quantity
    public static Quantity of(@Nullable Object value) {
        return switch (value) {
            case String s -> parse(s);
            case Long l -> of(l.longValue());
            case Double d -> parse(BigDecimal.valueOf(d).toPlainString());
            case null, default -> ZERO;
        };
    }

    /// A whole amount.
    public static Quantity of(long amount) {
        return new Quantity(BigDecimal.valueOf(amount), Format.DECIMAL);
    }

    /// An amount of bytes, shown with `Ki`, `Mi` ….
    public static Quantity bytes(long amount) {
        return new Quantity(BigDecimal.valueOf(amount), Format.BINARY);
    }

    /// An amount in thousandths, as CPU is counted.
    public static Quantity milli(long thousandths) {
        return new Quantity(BigDecimal.valueOf(thousandths, 3), Format.DECIMAL);
    }

    private static int digits(String text) {
        int i = 0;
        while (i < text.length() && "+-.0123456789".indexOf(text.charAt(i)) >= 0) {
            i++;
        }
        return i;
    }

    private static BigDecimal number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw wrong();
        }
    }

    private static BigDecimal factor(String suffix, Format format) {
        if (suffix.isEmpty()) {
            return BigDecimal.ONE;
        }
        return switch (format) {
            case BINARY -> {
                int power = suffix.length() == 2 ? "KMGTPE".indexOf(suffix.charAt(0)) : -1;
                if (power < 0) {
                    throw wrong();
                }
                yield KIBI.pow(power + 1);
            }
            case DECIMAL -> {
                int power = suffix.equals(" ") ? -1 : DECIMAL_SUFFIXES.indexOf(suffix.charAt(0));
                if (power < 0) {
                    throw wrong();
                }
                yield BigDecimal.ONE.scaleByPowerOfTen(3 * power + SMALLEST);
            }
            case EXPONENT -> BigDecimal.ONE.scaleByPowerOfTen(exponent(suffix));
        };
    }

    private static int exponent(String suffix) {
        try {
            if (suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E') {
                int exponent = Integer.parseInt(suffix.substring(1));
                if (Math.abs(exponent) <= LONGEST) {
                    return exponent;
                }
            }
        } catch (NumberFormatException e) {
            throw wrong();
        }
        throw wrong();
    }

    private static IllegalArgumentException wrong() {
        return new IllegalArgumentException("quantities must match the regular expression "
                + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }

    /// The exact amount.
    public BigDecimal amount() {
        return amount;
    }

    /// The amount as a whole number, rounded up; the largest long when it is larger.
    public long value() {
        return clamped(amount.setScale(0, RoundingMode.CEILING));
    }

    /// The amount in thousandths, rounded up; the largest long when it is larger.
    public long milliValue() {
        return clamped(amount.movePointRight(3).setScale(0, RoundingMode.CEILING));
    }

    private static long clamped(BigDecimal whole) {
        BigInteger i = whole.toBigInteger();
        return i.bitLength() < Long.SIZE ? i.longValue() : i.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /// The sum, in this quantity's format.
    public Quantity add(Quantity other) {
        return new Quantity(amount.add(other.amount), amount.signum() == 0 ? other.format : format);
    }

    /// The difference, in this quantity's format.
    public Quantity subtract(Quantity other) {
        return new Quantity(amount.subtract(other.amount), amount.signum() == 0 ? other.format : format);
    }

    /// This amount times a factor.
    public Quantity times(long factor) {
        return new Quantity(amount.multiply(BigDecimal.valueOf(factor)), format);
    }

    /// -1, 0 or 1 as the amount is below, at or above zero.
    public int signum() {
        return amount.signum();
    }

    @Override
    public int compareTo(Quantity other) {
        return amount.compareTo(other.amount);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Quantity q && amount.compareTo(q.amount) == 0;
    }

    @Override
    public int hashCode() {
        return amount.stripTrailingZeros().hashCode();
    }

    /// The canonical text: no fraction, the largest suffix that allows it.
    @Override
    public String toString() {
        if (amount.signum() == 0) {
            return "0";
        }
        boolean small = amount.abs().compareTo(KIBI) < 0 || amount.stripTrailingZeros().scale() > 0;
        return format == Format.BINARY && !small ? binary() : decimal();
    }

    private String binary() {
        BigInteger rest = amount.toBigIntegerExact();
        int power = 0;
        while (power < 6 && rest.and(BigInteger.valueOf(1023)).signum() == 0) {
            rest = rest.shiftRight(10);
            power++;
        }
        return rest + (power == 0 ? "" : "KMGTPE".charAt(power - 1) + "i");
    }

    private String decimal() {
        BigDecimal bare = amount.round(MathContext.UNLIMITED).stripTrailingZeros();
        int zeros = -bare.scale();
        int power = Math.clamp(Math.floorDiv(zeros, 3), SMALLEST / 3, 6);
        String mantissa = bare.movePointLeft(3 * power).toBigInteger().toString();
        if (power == 0) {
            return mantissa;
        }
        return mantissa + (format == Format.EXPONENT ? "e" + 3 * power
                : String.valueOf(DECIMAL_SUFFIXES.charAt(power - SMALLEST / 3)));
    }
}
