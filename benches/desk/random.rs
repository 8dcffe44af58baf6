//! Numbers that only look random: the same seed gives the same desk everywhere.

/// SplitMix64 by Steele, Lea and Flood. No library promises to give the same
/// numbers in its next release, and figures are compared across releases.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The numbers of item `item` of a desk made with `seed`. Each item has its
    /// own, so that one can be made without those before it.
    pub(crate) fn of(seed: u64, item: u64) -> Self {
        let mut random = Self(seed ^ item.wrapping_mul(0xd134_2543_de82_ef95));
        random.next();
        random
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 to `limit`, exclusive; 0 where the limit is 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(limit);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// True `percent` times in a hundred.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `choices` by Zipf's law: the first is the most frequent by far, as
    /// with words of a language or the people of an office.
    pub(crate) fn usual<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        // The integral of 1/x turned round: close to Zipf, and without a table.
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let rank = ((choices.len() + 1) as f64).powf(unit) as usize;
        choices[rank.clamp(1, choices.len()) - 1]
    }
}
