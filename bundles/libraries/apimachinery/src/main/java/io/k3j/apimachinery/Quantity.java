package io.k3j.apimachinery;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// An exact amount with a unit suffix, as `100m`, `1.5Gi`, `12e6`. Immutable, any thread; equal when the amounts are
/// equal, whatever their suffixes. See
/// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.
///
/// The unit is the field's: cores for CPU, bytes for memory, pieces for devices. Amounts are decimal numbers without
/// rounding, as upstream's `resource.Quantity` keeps those that no `int64` holds; a billionth is the smallest step.
/// What reads an amount as a number ([#value], [#milliValue]) rounds up, so that nobody gets less than was asked for.
///
/// | suffix | factor |
/// |---|---|
/// | `n`, `u`, `m` | 10⁻⁹, 10⁻⁶, 10⁻³ |
/// | none, `k`, `M`, `G`, `T`, `P`, `E` | 1, 10³, 10⁶ and so on to 10¹⁸ |
/// | `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei` | 2¹⁰, 2²⁰ and so on to 2⁶⁰ |
/// | `e3`, `E-3` | ten to that power |
public final class Quantity implements Comparable<Quantity> {
    /// Nothing, shown as `0`.
    public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Format.DECIMAL);
    /// One letter for each power of 1000 from 10⁻⁹; the blank in the middle is 1, which has no letter.
    private static final String DECIMAL_SUFFIXES = "num kMGTPE";
    /// The exponent of the smallest step.
    private static final int SMALLEST = -9;
    private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
    /// The longest text, in characters, and the largest exponent: an amount of more digits is hostile, and would cost
    /// as much memory as it says.
    private static final int LONGEST = 64;
    /// The canonical text of a shorter one is not longer than [#LONGEST], so that it can be read again.
    private static final int SHORT = 60;
    /// The largest power of 1000 that has a letter, and that an exponent may have.
    private static final int LARGEST_LETTER = 6;
    private static final int LARGEST_POWER = 21;
    /// The most that is counted in `Ki` and above, as upstream has it.
    private static final BigDecimal LARGEST_BINARY = BigDecimal.valueOf(Long.MAX_VALUE);

    /// How the text form counts: powers of ten by letter, of 1024 by letter, or by exponent.
    private enum Format {
        DECIMAL, BINARY, EXPONENT
    }

    private final BigDecimal amount;
    /// How the amount was written, kept for [#toString] only.
    private final Format format;

    private Quantity(BigDecimal amount, Format format) {
        this.amount = amount;
        this.format = format;
    }

    /// Reads the text form. Amounts below a billionth are rounded up to one, as upstream does.
    ///
    /// @param text a number with digits on either side of a point, and a suffix without a blank before it
    /// @throws IllegalArgumentException when it is not a quantity, with upstream's message
    public static Quantity parse(String text) {
        int digits = digits(text);
        if (digits == 0 || text.length() > LONGEST) {
            throw wrong();
        }
        BigDecimal number = number(text.substring(0, digits));
        String suffix = text.substring(digits);
        Format format = suffix.endsWith("i") ? Format.BINARY
                : suffix.length() > 1 || suffix.equals("e") ? Format.EXPONENT : Format.DECIMAL;
        BigDecimal amount = capped(number.multiply(factor(suffix, format)), format);
        Quantity read = new Quantity(
                amount.scale() > -SMALLEST ? amount.setScale(-SMALLEST, RoundingMode.UP) : amount, format);
        if (text.length() > SHORT && read.toString().length() > LONGEST) {
            throw wrong();
        }
        return read;
    }

    private static BigDecimal capped(BigDecimal amount, Format format) {
        if (format != Format.BINARY || amount.abs().compareTo(LARGEST_BINARY) <= 0) {
            return amount;
        }
        return amount.signum() < 0 ? LARGEST_BINARY.negate() : LARGEST_BINARY;
    }

    /// A quantity from a JSON value: its text, or a plain number (`cpu: 2`); zero for anything else, as a missing
    /// field.
    ///
    /// @throws IllegalArgumentException when the text is not a quantity
    public static Quantity of(@Nullable Object value) {
        return switch (value) {
            case String s -> parse(s);
            case Long l -> of(l.longValue());
            case Double d -> parse(BigDecimal.valueOf(d).toPlainString());
            case null, default -> ZERO;
        };
    }

    /// A whole amount, in the unit of whatever it is of.
    public static Quantity of(long amount) {
        return new Quantity(BigDecimal.valueOf(amount), Format.DECIMAL);
    }

    /// An amount of bytes, shown with `Ki`, `Mi` … where it is a whole number of them.
    public static Quantity bytes(long amount) {
        return new Quantity(BigDecimal.valueOf(amount), Format.BINARY);
    }

    /// An amount in thousandths, as CPU is counted (`500m` is half a core).
    public static Quantity milli(long thousandths) {
        return new Quantity(BigDecimal.valueOf(thousandths, 3), Format.DECIMAL);
    }

    /// Where the number ends and the suffix begins.
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

    /// What one of the suffix is worth. An exponent is told from the letter for 10¹⁸ by what follows it: `1E` and
    /// `1E3`.
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

    /// One message for all that is wrong, as upstream has it.
    private static IllegalArgumentException wrong() {
        return new IllegalArgumentException("quantities must match the regular expression "
                + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }

    /// The exact amount; its scale says nothing.
    public BigDecimal amount() {
        return amount;
    }

    /// The amount as a whole number, rounded up; the largest long when it is larger, the smallest when it is below
    /// that.
    public long value() {
        return clamped(amount.setScale(0, RoundingMode.CEILING));
    }

    /// The amount in thousandths, rounded up; bounded as [#value] is.
    public long milliValue() {
        return clamped(amount.movePointRight(3).setScale(0, RoundingMode.CEILING));
    }

    private static long clamped(BigDecimal whole) {
        BigInteger i = whole.toBigInteger();
        return i.bitLength() < Long.SIZE ? i.longValue() : i.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /// The sum of two amounts that [#value] or [#milliValue] has told, bounded as they are: a sum that wraps would be
    /// less than nothing, and fit everywhere.
    public static long sum(long a, long b) {
        long sum = a + b;
        boolean wrapped = ((a ^ sum) & (b ^ sum)) < 0;
        return !wrapped ? sum : a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /// The sum, in this quantity's format, or in the other's when this one is zero: a sum begins at [#ZERO].
    public Quantity add(Quantity other) {
        return new Quantity(amount.add(other.amount), amount.signum() == 0 ? other.format : format);
    }

    /// The difference, in the format that [#add] would choose; may be negative.
    public Quantity subtract(Quantity other) {
        return new Quantity(amount.subtract(other.amount), amount.signum() == 0 ? other.format : format);
    }

    /// This amount times a factor, in the same format.
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

    /// Not by format: `1Gi` and `1024Mi` are one amount.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Quantity q && amount.compareTo(q.amount) == 0;
    }

    /// Of the bare number: equal amounts may differ in scale.
    @Override
    public int hashCode() {
        return amount.stripTrailingZeros().hashCode();
    }

    /// The canonical text: no fraction, the largest suffix that allows it. What is shown in `Ki` and above falls back
    /// to thousands when it is below 1024 or no whole number, as upstream's `CanonicalizeBytes`.
    @Override
    public String toString() {
        if (amount.signum() == 0) {
            return "0";
        }
        boolean small = amount.abs().compareTo(KIBI) < 0 || amount.stripTrailingZeros().scale() > 0;
        return format == Format.BINARY && !small ? binary() : decimal();
    }

    /// A whole number of bytes, by 1024 for as long as nothing is lost.
    private String binary() {
        BigInteger rest = amount.toBigIntegerExact();
        int power = 0;
        while (power < 6 && rest.and(BigInteger.valueOf(1023)).signum() == 0) {
            rest = rest.shiftRight(10);
            power++;
        }
        return rest + (power == 0 ? "" : "KMGTPE".charAt(power - 1) + "i");
    }

    /// The zeros at the end become the suffix, three at a time, between `n` and `E`, or as many as an exponent may say.
    private String decimal() {
        BigDecimal bare = amount.round(MathContext.UNLIMITED).stripTrailingZeros();
        int zeros = -bare.scale();
        int most = format == Format.EXPONENT ? LARGEST_POWER : LARGEST_LETTER;
        int power = Math.clamp(Math.floorDiv(zeros, 3), SMALLEST / 3, most);
        String mantissa = bare.movePointLeft(3 * power).toBigInteger().toString();
        if (power == 0) {
            return mantissa;
        }
        return mantissa + (format == Format.EXPONENT ? "e" + 3 * power
                : String.valueOf(DECIMAL_SUFFIXES.charAt(power - SMALLEST / 3)));
    }
}
