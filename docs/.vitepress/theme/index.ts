// The default look without its fonts, in Valetkey's colours.

import theme from 'vitepress/theme-without-fonts';
import './style.css';

export default theme;
